"""Values that a picture of a sweep sets beside each other: levels, or groups of many runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.outcomes import BY_NAME
from linkage_sim.report.names import Titles
from linkage_sim.report.style import cells, reform_label, unit_label
from linkage_sim.scenario.fields import CATEGORY_TITLES
from linkage_sim.scenario.schema import Parameter, parameters
from linkage_sim.words import bracketed, has, say, unit_words

if TYPE_CHECKING:
    import pandas as pd

MOST_NUMBERS, MOST_LEVELS, BINS = 12, 30, 8
LONGEST_TEXT = 30
"""A longer level gets a number, which is explained in full below the picture."""
LOG_RATIO, LOG_RATIO_OF_GROUPS = 50.0, 10.0
LABELS = ("scenario", "seed", "year")


@dataclass(frozen=True)
class Scale:
    """What the levels of one column are called and where they lie.

    Attributes
    ----------
    title, unit
        In the language of the picture; no unit where the levels are words.
    texts
        What each level is called, in order.
    places
        Where each level lies on an axis: at its number, a group at the median of its runs; words
        stand side by side at 0, 1, 2 ...
    ordered
        Whether places are numbers, so that a line between them means something.
    log
        Whether the numbers are spread over powers of ten rather than evenly.
    binned
        Whether levels are groups of equally many runs.
    key
        Full texts of levels that are too long to stand at an axis; `texts` holds their numbers.
    """

    title: str
    unit: str
    texts: tuple[str, ...]
    places: tuple[float, ...]
    ordered: bool
    log: bool = False
    binned: bool = False
    key: tuple[str, ...] = ()

    def label(self, language: str) -> str:
        """Give the title with the unit behind it, and whether the axis is logarithmic."""
        parts = [self.unit, say("report.effects.log", language) if self.log else ""]
        inside = say("sign.pause", language).join(filter(None, parts))
        return bracketed(self.title, inside, language)

    def side_by_side(self) -> Scale:
        """Give the same levels as columns of equal width."""
        return replace(self, places=tuple(map(float, range(len(self.texts)))), ordered=False,
                       log=False)


def scale_of(
    column: pd.Series[Any], language: str, titles: Titles | None = None,
    most: int = MOST_NUMBERS, groups: int = BINS,
) -> tuple[Scale, pd.Series[int]]:
    """Sort the values of a column into levels.

    Parameters
    ----------
    most
        So many different numbers are levels of their own; more are put into groups.
    groups
        How many groups of equally many runs there are then.

    Returns
    -------
    scale, and the number of the level of each row

    Raises
    ------
    InputError
        For more different words than a picture holds.
    """
    name = str(column.name)
    title, unit = column_title(name, language), ""
    numbers = _numbers(column)
    if numbers is None:
        scale, codes = _of_words(column, title, language, titles)
    else:
        unit = _unit(name, language)
        distinct = sorted(numbers.dropna().unique())
        if len(distinct) <= most:
            codes = numbers.map({value: place for place, value in enumerate(distinct)})
            texts = [plain_number(value) for value in distinct]
            places = [float(value) for value in distinct]
        else:
            codes, texts, places = _groups(numbers, groups)
        binned = len(distinct) > most
        log = _is_log(places, LOG_RATIO_OF_GROUPS if binned else LOG_RATIO)
        scale = Scale(title, unit, tuple(texts), tuple(places), True, log, binned)
    if column.isna().any():
        texts = [*scale.texts, say("report.effects.not_set", language)]
        scale = replace(scale, texts=tuple(texts)).side_by_side()
        codes = codes.where(column.notna(), len(texts) - 1)
    return scale, codes.astype(int)


def column_title(name: str, language: str) -> str:
    """Name a column in a language: a parameter by its declared title, an outcome by its label."""
    if name in LABELS:
        return say(f"report.effects.column.{name}", language)
    if name in BY_NAME:
        return say(f"outcome.{name}.label", language)
    known, rest = _declared(name)
    if known is None:
        return name
    parts = [known.title(language), *(value_words(part, language) for part in rest)]
    return say("sign.colon", language).join(parts)


def outcome_title(name: str, language: str) -> str:
    """Name an outcome with its unit; a column that is no declared outcome by its name."""
    unit = unit_label(name, language) if name in BY_NAME else ""
    return bracketed(column_title(name, language), unit, language)


def better_words(name: str, language: str) -> str:
    """Say which way an outcome is better; nothing where it has no such way."""
    better = BY_NAME[name].better if name in BY_NAME else 0
    key = {"zero": "zero", 1: "up", -1: "down", 0: ""}[better]
    return say(f"report.years.better_{key}", language) if key else ""


def value_words(value: object, language: str) -> str:
    """Give the words for a value that is no number; what nobody described stays as it is."""
    text = str(value)
    if text in CATEGORY_TITLES:
        return CATEGORY_TITLES[text][language == "zh"]
    for key in (f"report.value.{text.lower()}", f"story.source.{text}", f"story.indicator.{text}"):
        if has(key):
            return say(key, language)
    return text


def plain_number(value: float) -> str:
    """Write a number as a person would: no powers of ten, thousands told apart."""
    if value == 0:
        return "0"
    if 1e-4 <= abs(value) < 1e4:
        return f"{value:.4g}"
    return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.2g}"


def even_numbers(values: Sequence[float]) -> list[str]:
    """Write the numbers of one axis, all with as many decimals as one of them needs."""
    places = max((len(plain_number(value).partition(".")[2]) for value in values), default=0)
    return [f"{value + 0.0:,.{places}f}" for value in values]


@cache
def _schema() -> dict[str, Parameter]:
    return {item.name: item for item in parameters()}


def _declared(name: str) -> tuple[Parameter | None, list[str]]:
    """Find the parameter a column belongs to, and the entry of it where it is a table."""
    known = _schema()
    parts = name.split(".")
    for length in range(len(parts), 1, -1):
        found = known.get(".".join(parts[:length]))
        if found is not None:
            return found, parts[length:]
    return None, []


def _unit(name: str, language: str) -> str:
    if name in BY_NAME:
        return unit_label(name, language)
    known, _ = _declared(name)
    return unit_words(known.unit, language) if known is not None and known.unit else ""


def _numbers(column: pd.Series[Any]) -> pd.Series[float] | None:
    """Give a column as numbers; None where any of its values is none, or is true or false."""
    import pandas as pd

    known = column.dropna()
    if not len(known) or known.map(lambda value: str(value) in ("True", "False")).any():
        return None
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    # A parameter that may be a word or a number is kept as text.
    return numbers if numbers.notna().sum() == len(known) else None


def _of_words(
    column: pd.Series[Any], title: str, language: str, titles: Titles | None
) -> tuple[Scale, pd.Series[Any]]:
    name = str(column.name)
    values = _in_order(name, list(column.dropna().unique()))
    if len(values) > MOST_LEVELS:
        raise InputError(say("report.effects.too_many_values", language, name=name, n=len(values),
                             most=MOST_LEVELS))
    if name == "scenario":
        texts = _scenarios([str(value) for value in values], titles)
    else:
        texts = [value_words(value, language) for value in values]
    key: tuple[str, ...] = ()
    if any(cells(text) > LONGEST_TEXT for text in texts):
        key, texts = tuple(texts), [str(number + 1) for number in range(len(texts))]
    codes = column.map({value: place for place, value in enumerate(values)})
    places = tuple(map(float, range(len(texts))))
    return Scale(title, "", tuple(texts), places, False, key=key), codes


def _in_order(name: str, values: Sequence[Any]) -> list[Any]:
    """Sort values as the schema lists them; by the alphabet where it lists others."""
    known, _ = _declared(name)
    listed = () if known is None else known.choices or tuple(known.unit.split(", "))
    if set(values) <= set(listed):
        return sorted(values, key=listed.index)
    return sorted(values, key=str)


def _scenarios(names: Sequence[str], titles: Titles | None) -> list[str]:
    """Shorten a reform to what it adds, where all the others are laid over the first."""
    baseline = names[0]
    if not all(name.startswith(f"{baseline}+") for name in names[1:]):
        return [(titles or {}).get(name, name) for name in names]
    return [reform_label(name, baseline, titles).replace("\n", " ") for name in names]


def _groups(numbers: pd.Series[float], count: int) -> tuple[pd.Series[Any], list[str], list[float]]:
    """Put numbers into groups of equally many rows; equal numbers stay together."""
    import pandas as pd

    codes = pd.qcut(numbers, count, labels=False, duplicates="drop")
    codes = codes.map({code: place for place, code in enumerate(sorted(codes.dropna().unique()))})
    inside = numbers.groupby(codes)
    ends = zip(inside.min(), inside.max(), strict=True)
    texts = [f"{plain_number(_rounded(low))}–{plain_number(_rounded(high))}" for low, high in ends]
    return codes, texts, [float(value) for value in inside.median()]


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def _is_log(places: Sequence[float], ratio: float) -> bool:
    """Tell whether numbers are spread more evenly over powers of ten, over a wide range."""
    import numpy as np

    if len(places) < 3 or places[0] <= 0 or places[-1] / places[0] < ratio:
        return False
    gaps, steps = np.diff(places), np.diff(np.log(places))
    return bool(steps.std() / steps.mean() < gaps.std() / gaps.mean())
