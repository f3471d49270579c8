"""From what a page asks for to what it shows: scenarios, runs, bands, differences, one sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from linkage_sim.app.limits import over_limits
from linkage_sim.app.pool import Task
from linkage_sim.app.state import REGISTER, State
from linkage_sim.app.worker import run_once
from linkage_sim.errors import InputError
from linkage_sim.outcomes import BY_NAME, HEADLINES, NAMES
from linkage_sim.provenance import MODEL_VERSION
from linkage_sim.report.labels import decimals
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.locate import shipped_reforms
from linkage_sim.scenario.schema import Scenario, parameters
from linkage_sim.studies.differences import paired
from linkage_sim.studies.workers import Failure
from linkage_sim.words import bracketed, listing, say, speaking

SIDES = ("baseline", "policy")
LOW, HIGH = 0.1, 0.9
MOST_DIGITS = 6


@dataclass(frozen=True)
class Pair:
    """The two sides of a comparison, checked; only the policy differs between them."""

    baseline: Scenario
    policy: Scenario

    @property
    def is_same(self) -> bool:
        """Tell whether nothing differs."""
        return self.baseline.hash() == self.policy.hash()


def places_of(specs: Sequence[str]) -> dict[str, str]:
    """Give what a page may start from: the name in its address -> what to load.

    The address holds the name alone, so no path of this machine gets into a link or out of one.
    """
    from linkage_sim.scenario.loading import scenario_name

    return {scenario_name(spec).replace("+", "-"): spec for spec in specs}


def pair_of(state: State, places: Mapping[str, str]) -> Pair:
    """Load and check both sides.

    Raises
    ------
    InputError
        With everything that cannot be used, in the language of the page.
    """
    with speaking(state.language):
        spec = places.get(state.place)
        if spec is None:
            raise InputError(say("app.place.unknown", name=state.place[:60],
                                 known=listing(places)))
        unknown = [name for name in state.reforms if name not in shipped_reforms()]
        if unknown:
            raise InputError(say("app.reform.unknown", name=unknown[0][:60],
                                 known=listing(shipped_reforms())))
        common = {name: value for name, value in state.values.items()
                  if not name.startswith("policy.")}
        if REGISTER in common:
            common[REGISTER] = _register(common[REGISTER])
        levers = {name: value for name, value in state.values.items() if name not in common}
        below = _loaded(spec, ())
        above = _loaded(spec, state.reforms)
        trouble: list[str] = []
        sides = []
        for scenario, values in ((below, common), (above, {**common, **levers})):
            try:
                sides.append(scenario.with_values(values) if values else scenario)
            except InputError as error:
                trouble += error.messages
        trouble += [text for side in sides[:1] for text in over_limits(side)]
        if trouble:
            raise InputError(dict.fromkeys(with_title(text, state.language) for text in trouble))
        return Pair(sides[0], sides[1])


def start_of(state: State, places: Mapping[str, str]) -> Scenario:
    """Load what a page starts from as it ships, be it too large to run here; else the first place.

    Raises
    ------
    InputError
        When it cannot be read.
    """
    return _loaded(places.get(state.place) or next(iter(places.values())), ())


def with_title(text: str, language: str) -> str:
    """Name a parameter that a message begins with as its field on the page does."""
    found = re.match(r"([a-z]\w*(?:\.\w+)+)(?=[:：])", text)
    titles = {item.name: item.title(language) for item in parameters()}
    if found is None or found[1] not in titles:
        return text
    return bracketed(titles[found[1]], found[1], language) + text[found.end():]


def _register(named: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a scenario says of a register that this page has."""
    if "path" not in named:
        raise InputError(say("app.register.absent", hash=str(named.get("sha256"))[:12]))
    return {name: value for name, value in named.items() if name != "name"}


@lru_cache(maxsize=256)
def _loaded(spec: str, reforms: tuple[str, ...]) -> Scenario:
    import warnings

    with warnings.catch_warnings():
        # The presets of a page are laid over each other on purpose.
        warnings.simplefilter("ignore")
        return load_scenario("+".join([spec, *reforms]), {"run.threads": 1})


def tasks_of(pair: Pair, seeds: Sequence[int]) -> list[Task]:
    """List the runs of a comparison; the two of one seed stand together."""
    sides = [(side.hash(), _content(side)) for side in (pair.baseline, pair.policy)]
    return [
        Task((MODEL_VERSION, name, seed), run_once, (content, seed))
        for seed in seeds for name, content in sides
    ]


def _content(scenario: Scenario) -> dict[str, Any]:
    content = scenario.model_dump(mode="json")
    content["run"].update(threads=1, trace=False, check=False, record_weeks=False)
    return content


Found = list[tuple[int, dict[str, Any], dict[str, Any]]]


def finished_pairs(
    pair: Pair, seeds: Sequence[int], answers: Mapping[Any, Any]
) -> tuple[Found, list[str]]:
    """Give (seed, baseline, policy) of each seed of which both runs are done, and what failed."""
    names = (pair.baseline.hash(), pair.policy.hash())
    found: Found = []
    failures = []
    for seed in seeds:
        two = [answers.get((MODEL_VERSION, name, seed)) for name in names]
        failures += [item.reason for item in two if isinstance(item, Failure)]
        if all(isinstance(item, dict) for item in two):
            found.append((seed, two[0], two[1]))  # type: ignore[arg-type]
    return found, failures


@dataclass(frozen=True)
class Figures:
    """What a comparison has brought so far.

    Attributes
    ----------
    n, of
        Pairs done and asked for.
    differences
        Outcome -> mean difference with its interval, as `differences.paired` gives it.
    years
        Outcome -> side -> list of (low, mean, high), one a year.
    """

    n: int
    of: int
    differences: Mapping[str, Mapping[str, float]]
    years: Mapping[str, Mapping[str, Sequence[tuple[float, float, float]]]]
    failures: tuple[str, ...] = ()


def figures_of(found: Found, of: int, failures: Sequence[str] = ()) -> Figures:
    """Summarise pairs of runs: paired differences, and bands from 10 to 90 % over the years."""
    differences = {
        name: paired([(one["outcomes"][name], two["outcomes"][name]) for _, one, two in found],
                     len(HEADLINES if name in HEADLINES else NAMES))
        for name in NAMES
    }
    sides = [[one for _, one, _ in found], [two for _, _, two in found]]
    years = {
        name: {side: _bands([run["years"] for run in runs], name)
               for side, runs in zip(SIDES, sides, strict=True)}
        for name in NAMES
    }
    return Figures(len(found), of, differences, years, tuple(dict.fromkeys(failures)))


def _bands(runs: Sequence[Sequence[Mapping[str, float]]], name: str) -> list[Any]:
    import numpy as np

    if not runs:
        return []
    table = np.array([[row[name] for row in rows] for rows in runs], dtype=float)
    bands = []
    for column in table.T:
        known = column[~np.isnan(column)]
        if len(known):
            low, high = np.quantile(known, [LOW, HIGH])
            bands.append((float(low), float(known.mean()), float(high)))
        else:
            bands.append((math.nan,) * 3)
    return bands


# -- words -----------------------------------------------------------------------------------------


def label_of(outcome: str, language: str) -> str:
    """Name an outcome."""
    return say(f"outcome.{outcome}.label", language)


def number(value: float, outcome: str, signed: bool = False) -> str:
    """Write a value of an outcome: shares in per cent, everything else with three digits."""
    if math.isnan(value):
        return "–"
    share = BY_NAME[outcome].unit == "share"
    told = value * 100 if share else value
    size = abs(told)
    digits = 0 if size >= 100 else 1 if size >= 10 or share else 2
    return signed_text(told, digits) if signed else signed_text(told, digits).lstrip("+")


def signed_text(value: float, digits: int) -> str:
    """Write a number with its sign; zero has none."""
    if math.isnan(value):
        return "–"
    text = f"{value:+,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("+-")
    return text.replace("-", "−")


def digits_of(low: float, high: float) -> int:
    """Give the decimals of a report; more where an end that is not 0 would be written as 0."""
    half = abs(high - low) / 2.0
    digits = decimals([half]) if half > 0 else 0
    ends = [end for end in (low, high) if abs(end) > 10.0 ** -MOST_DIGITS]
    while digits < MOST_DIGITS and any(round(end, digits) == 0 for end in ends):
        digits += 1
    return digits


def difference_texts(row: Mapping[str, float], outcome: str) -> tuple[str, str, str]:
    """Write a difference and the ends of its interval; shares in percentage points."""
    scale = 100.0 if BY_NAME[outcome].unit == "share" else 1.0
    middle, low, high = (row[name] * scale for name in ("difference", "low", "high"))
    if math.isnan(low):
        return number(row["difference"], outcome, True), "–", "–"
    digits = digits_of(low, high)
    return signed_text(middle, digits), signed_text(low, digits), signed_text(high, digits)


def unit_of(outcome: str, language: str, difference: bool = False) -> str:
    """Give the unit that goes with `number`; differences of shares are in percentage points."""
    from linkage_sim.words import unit_words

    unit = BY_NAME[outcome].unit
    if unit == "share":
        return say("app.unit.points", language) if difference else "%"
    return unit_words(unit, language)


def sentence(figures: Figures, language: str) -> str:
    """Say the result in one sentence with numbers."""
    if figures.n < 2:
        return ""
    told = [_clause(name, figures.differences[name], language)
            for name in ("time_to_service_weeks", *HEADLINES[:4])]
    clauses = [text for text in told if text]
    if not clauses:
        return say("app.sentence.nothing", language, n=figures.n)
    return say("app.sentence.whole", language, n=figures.n,
               clauses=say("app.sentence.and", language).join(clauses))


def _clause(name: str, row: Mapping[str, float], language: str) -> str:
    """Say one difference; nothing where it is not shown with all outcomes judged together.

    So the sentence, the colours of the plot and the report name the same outcomes.
    """
    low, high = row["low_adjusted"], row["high_adjusted"]
    if math.isnan(low) or low <= 0 <= high:
        return ""
    way = "up" if row["difference"] > 0 else "down"
    by, *ends = (text.lstrip("+−") for text in difference_texts(row, name))
    if way == "down":
        ends.reverse()
    return say(f"app.sentence.{way}", language, label=label_of(name, language), by=by,
               unit=unit_of(name, language, True), low=ends[0], high=ends[1])
