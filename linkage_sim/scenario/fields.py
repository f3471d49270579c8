"""How a number is declared: once, with its words, unit, range, kind, source and confidence.

Everything a person may set is a field made by `lever`, `assumption` or `setting`; documentation,
error messages, sweeps and the interactive view are generated from what is said here.
"""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

Kind = Literal["lever", "assumption", "setting"]
Confidence = Literal["H", "M", "L"]
Channel = Literal["knowledge", "time", "cost", "reward"]

CATEGORIES: tuple[str, ...] = (
    "elder_care",
    "child_family",
    "health",
    "hardship",
    "employment",
    "culture",
    "environment",
    "mediation",
)
CATEGORY_TITLES: dict[str, tuple[str, str]] = {
    "elder_care": ("Elder care", "养老服务"),
    "child_family": ("Child and family", "儿童与家庭"),
    "health": ("Health and mental health", "健康与心理"),
    "hardship": ("Hardship and disability relief", "困难与残障救助"),
    "employment": ("Employment and skills", "就业与技能"),
    "culture": ("Culture and recreation", "文化娱乐"),
    "environment": ("Environment and safety", "环境与安全"),
    "mediation": ("Mediation and legal aid", "调解与法律援助"),
}
N_CATEGORIES = len(CATEGORIES)
AGE_GROUPS: tuple[str, ...] = ("age_0_14", "age_15_39", "age_40_59", "age_60_plus")

OUT_OF_RANGE = "out_of_declared_range"
ASSUMED = "Assumption of this project; swept"
FITTED = "Chosen so that baseline figures come out; named in docs/validation.md"


class Section(BaseModel):
    """A group of fields; unknown keys, NaN and infinity are refused, and nothing can be changed."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_default=True, allow_inf_nan=False
    )

    @field_validator("*")
    @classmethod
    def _within_declared_range(cls, value: Any, info: ValidationInfo) -> Any:
        """Hold every number to the range declared for its field, in tables and choices too."""
        extra = cls.model_fields[info.field_name or ""].json_schema_extra
        if not isinstance(extra, dict) or extra.get("low") is None or extra.get("high") is None:
            return value
        low: Any = extra["low"]
        high: Any = extra["high"]
        wrong = [(path, number) for path, number in _numbers(value, ()) if not low <= number <= high]
        if wrong:
            # `explained` in problems.py puts the words to it, one message a number.
            raise PydanticCustomError(
                OUT_OF_RANGE, "outside the declared range", {"wrong": wrong, "low": low, "high": high}
            )
        return value


def _numbers(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[Any, float]]:
    """Give every number of a value with its place; true and false are none."""
    if isinstance(value, BaseModel):
        value = dict(value)
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _numbers(item, (*path, name))
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from _numbers(item, (*path, place))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, float(value)


def _field(
    default: Any,
    en: str,
    zh: str,
    unit: str,
    low: float | None,
    high: float | None,
    extra: dict[str, Any],
) -> Any:
    limits: dict[str, Any] = {}
    scalar = isinstance(default, int | float) and not isinstance(default, bool)
    if scalar and low is not None:
        limits["ge"] = low
    if scalar and high is not None:
        limits["le"] = high
    extra = {"title_en": en, "title_zh": zh, "unit": unit, "low": low, "high": high, **extra}
    if isinstance(default, BaseModel | list | dict):
        return Field(default_factory=lambda: default, title=en, json_schema_extra=extra, **limits)
    return Field(default, title=en, json_schema_extra=extra, **limits)


def setting(
    default: Any,
    en: str,
    zh: str,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    *,
    source: str = "Setting of the run or of the place",
    confidence: Confidence = "H",
) -> Any:
    """Declare a fact about the place or the run that is neither policy nor behaviour."""
    extra = {"kind": "setting", "source": source, "confidence": confidence}
    return _field(default, en, zh, unit, low, high, extra)


def assumption(
    default: Any,
    en: str,
    zh: str,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    *,
    source: str = ASSUMED,
    confidence: Confidence = "L",
) -> Any:
    """Declare something believed about behaviour that no reform changes and sweeps vary."""
    extra = {"kind": "assumption", "source": source, "confidence": confidence}
    return _field(default, en, zh, unit, low, high, extra)


def lever(
    default: Any,
    en: str,
    zh: str,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    *,
    channel: Channel,
    mediators: tuple[str, ...],
    price: str,
    source: str = ASSUMED,
    confidence: Confidence = "L",
) -> Any:
    """Declare something a government may decide, with what it acts through and what it costs.

    Parameters
    ----------
    channel
        What the lever changes: what somebody knows, how long something takes, what it costs, or
        what is rewarded. A lever never enters the formula of a substantive outcome.
    mediators
        The quantities it acts through; with these frozen the lever moves no substantive outcome.
    price
        What is paid for it and from which budget, or "free: " and the reason.
    """
    extra = {
        "kind": "lever",
        "source": source,
        "confidence": confidence,
        "channel": channel,
        "mediators": list(mediators),
        "price": price,
    }
    return _field(default, en, zh, unit, low, high, extra)


class ByCategory(Section):
    """One number (>= 0) for each category of need."""

    elder_care: float = Field(title=CATEGORY_TITLES["elder_care"][0], ge=0.0)
    child_family: float = Field(title=CATEGORY_TITLES["child_family"][0], ge=0.0)
    health: float = Field(title=CATEGORY_TITLES["health"][0], ge=0.0)
    hardship: float = Field(title=CATEGORY_TITLES["hardship"][0], ge=0.0)
    employment: float = Field(title=CATEGORY_TITLES["employment"][0], ge=0.0)
    culture: float = Field(title=CATEGORY_TITLES["culture"][0], ge=0.0)
    environment: float = Field(title=CATEGORY_TITLES["environment"][0], ge=0.0)
    mediation: float = Field(title=CATEGORY_TITLES["mediation"][0], ge=0.0)


assert tuple(ByCategory.model_fields) == CATEGORIES


def by_category(*values: float) -> Any:
    """Give the eight categories one number each, in the fixed order, or the same to all."""
    spread = values * N_CATEGORIES if len(values) == 1 else values
    return ByCategory(**dict(zip(CATEGORIES, spread, strict=True)))


def as_tuple(table: Any) -> tuple[float, ...]:
    """Read a table by category as eight numbers in the fixed order."""
    return tuple(getattr(table, name) for name in CATEGORIES)


class ByAge(Section):
    """One number (>= 0) for each age group."""

    age_0_14: float = Field(title="0-14", ge=0.0)
    age_15_39: float = Field(title="15-39", ge=0.0)
    age_40_59: float = Field(title="40-59", ge=0.0)
    age_60_plus: float = Field(title="60+", ge=0.0)

    def values(self) -> tuple[float, float, float, float]:
        """Give the four numbers from the youngest to the oldest group."""
        return (self.age_0_14, self.age_15_39, self.age_40_59, self.age_60_plus)


class ByEffort(Section):
    """What a unit of substance and a unit of showcase add to something."""

    substance: float = Field(title="Substance")
    showcase: float = Field(title="Showcase")

    def values(self) -> tuple[float, float]:
        """Give the pair (substance, showcase)."""
        return (self.substance, self.showcase)
