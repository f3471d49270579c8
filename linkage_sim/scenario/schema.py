"""A scenario: one validated, unchangeable description of a place, a policy and what is assumed."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args, get_origin

from pydantic import BaseModel, Field, field_validator, model_validator
from pydantic.fields import FieldInfo

from linkage_sim.scenario.assumptions import Assumptions
from linkage_sim.scenario.documents import LABELS
from linkage_sim.scenario.fields import Section, setting
from linkage_sim.scenario.policy import Policy
from linkage_sim.scenario.registry import (
    APPROVAL_RULES,
    EFFORT_STRATEGIES,
    INSTRUMENTS,
    SOURCES,
    load_plugins,
)
from linkage_sim.scenario.world import World


class Run(Section):
    """How long to run and what to keep."""

    years: int = setting(5, "Reported years", "报告年数", "years", 1, 100)
    warmup_years: int = setting(1, "Warm-up years before them", "预热年数", "years", 0, 50)
    threads: int = setting(1, "Threads over communities", "线程数", "threads", 1, 256)
    record_weeks: bool = setting(False, "Keep a table of weeks", "记录每周数据")
    trace: bool = setting(False, "Write the journal", "记录项目日志")
    check: bool = setting(False, "Check conservation while running", "运行中守恒检查")
    plugins: list[str] = setting([], "Python modules that register mechanisms", "扩展模块")


class Scenario(Section):
    """One place, one policy, one set of assumptions; compare two that differ in `policy` alone."""

    title: str = Field("", title="Title", max_length=200)
    title_zh: str = Field("", title="Chinese title, shown with --lang zh", max_length=200)
    description: str = Field("", title="Description", max_length=4000)
    description_zh: str = Field("", title="Description in Chinese", max_length=4000)
    world: World = World()
    policy: Policy = Policy()
    assumptions: Assumptions = Assumptions()
    run: Run = Run()

    @field_validator("run")
    @classmethod
    def _plugins_are_loaded(cls, run: Run) -> Run:
        load_plugins(run.plugins)
        return run

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        problems = list(self._unknown_mechanisms())
        world = self.world
        sizes = world.community_residents
        if sizes and len(sizes) != world.communities:
            problems.append(
                f"world.community_residents: found {len(sizes)} sizes for {world.communities} "
                "communities; give one for each"
            )
        if sizes and sum(sizes) != world.residents:
            problems.append(
                f"world.community_residents: they add up to {sum(sizes)}, world.residents is "
                f"{world.residents}; make the two equal"
            )
        if not sizes and world.residents < 2 * world.communities:
            problems.append(
                f"world.residents: {world.residents} are fewer than 2 for each of "
                f"{world.communities} communities; raise world.residents or lower "
                "world.communities"
            )
        if world.resident_register is not None and world.communities != 1:
            problems.append("world.resident_register: a register describes one community; set "
                            "world.communities = 1")
        if world.resident_register is not None and world.resident_register.residents != world.residents:
            problems.append(
                f"world.residents: found {world.residents}, the register has "
                f"{world.resident_register.residents}; make the two equal"
            )
        if world.project_cost_high_yuan < world.project_cost_low_yuan:
            problems.append("world.project_cost_high_yuan: below project_cost_low_yuan")
        if world.renter_share + world.floating_share > 1:
            problems.append("world.renter_share: renters and floating residents exceed everybody")
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _unknown_mechanisms(self) -> Iterator[str]:
        """Say which mechanisms are named that nobody registered, and what is known."""
        proposal, evaluation = self.policy.proposal, self.policy.evaluation
        sources, instruments = SOURCES.names(), INSTRUMENTS.names()
        named = [
            ("policy.proposal.method", proposal.method, ["mixed", *sources]),
            ("policy.approval.rule", self.policy.approval.rule, APPROVAL_RULES.names()),
            ("assumptions.effort.strategy", self.assumptions.effort.strategy,
             EFFORT_STRATEGIES.names()),
            *(("policy.proposal.weights.other", name, sources) for name in proposal.weights.other),
            *(("policy.evaluation.weights.other", name, instruments)
              for name in evaluation.weights.other),
        ]
        for place, found, known in named:
            if found not in known:
                # A name may hold a line's end; what is told of it is one line, as repr writes it.
                yield f"{place}: found '{repr(found)[1:-1]}', allowed: {', '.join(known)}"

    def with_values(self, values: Mapping[str, Any]) -> "Scenario":
        """Give a copy in which some values differ.

        Parameters
        ----------
        values
            Dotted name -> value, for example {"policy.approval.fixed_latency_days": 15}. The same
            rules hold as in a file: "15" is no number, a table is merged, a list replaced.

        Raises
        ------
        InputError
            For every name or value that cannot be used, all at once.
        """
        from linkage_sim.scenario.validation import changed

        return changed(self, values)

    def title_in(self, language: str) -> str:
        """Give the title in a language; the title as it stands where there is no other."""
        return self.title_zh if language == "zh" and self.title_zh else self.title

    def hash(self) -> str:
        """Name the content: equal hashes, equal scenarios (title and recording left out)."""
        labels: dict[str, Any] = dict.fromkeys(LABELS, True)
        content = self.model_dump(mode="json",
                                  exclude={**labels, "run": {"threads", "trace", "check"}})
        text = json.dumps(content, sort_keys=True, ensure_ascii=True)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def scenario_from(content: Mapping[str, Any]) -> Scenario:
    """Check nested values, as a file or a record holds them; raises InputError as loading does."""
    from linkage_sim.scenario.documents import Document, Layers
    from linkage_sim.scenario.validation import validated

    layers = Layers()
    layers.add(Document("", dict(content)))
    return validated(layers)


@dataclass(frozen=True)
class Parameter:
    """One declared number or choice, with everything known about it."""

    name: str
    kind: str
    title_en: str
    title_zh: str
    unit: str
    low: float | None
    high: float | None
    default: Any
    source: str
    confidence: str
    channel: str = ""
    price: str = ""
    mediators: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    def title(self, language: str) -> str:
        """Give the title in English ('en') or Chinese ('zh')."""
        return self.title_zh if language == "zh" else self.title_en


def parameters(kind: str | None = None) -> list[Parameter]:
    """List every declared parameter, in the order of the files; `kind` keeps one kind alone."""
    return [item for item in _walk(Scenario, "") if kind in (None, item.kind)]


def _walk(section: type[BaseModel], prefix: str) -> Iterator[Parameter]:
    for name, info in section.model_fields.items():
        extra = info.json_schema_extra
        if isinstance(extra, dict) and "kind" in extra:
            yield _parameter(prefix + name, info, extra)
        elif isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from _walk(info.annotation, f"{prefix}{name}.")


def _parameter(name: str, info: FieldInfo, extra: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=name,
        kind=extra["kind"],
        title_en=extra["title_en"],
        title_zh=extra["title_zh"],
        unit=extra["unit"],
        low=extra["low"],
        high=extra["high"],
        default=info.get_default(call_default_factory=True),
        source=extra["source"],
        confidence=extra["confidence"],
        channel=extra.get("channel", ""),
        price=extra.get("price", ""),
        mediators=tuple(extra.get("mediators", ())),
        choices=choices_of(info.annotation),
    )


def choices_of(annotation: Any) -> tuple[str, ...]:
    """List the words that a value, or each entry of a list, must be one of; empty where free."""
    if get_origin(annotation) is list:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) is not Literal:
        return ()
    return tuple(word for word in get_args(annotation) if isinstance(word, str))
