"""A sensitivity study's file: which assumptions are varied, how far, and for which outcomes."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from linkage_sim.errors import InputError
from linkage_sim.outcomes import HEADLINES
from linkage_sim.scenario import problems
from linkage_sim.scenario.lines import Path as KeyPath
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.schema import Parameter, Scenario, parameters
from linkage_sim.studies.salib_points import MORRIS, SALTELLI, refuse_without_salib
from linkage_sim.studies.study import Study, beside, load_study
from linkage_sim.studies.study_file import MOST_SAMPLES, StudyFile
from linkage_sim.studies.tables import flat_values
from linkage_sim.words import say

HYPERCUBE = "latin_hypercube"
TRAJECTORIES = 8
CONFIDENCES = ("L", "M", "H")
ZERO_SHARE = 0.1
"""How far towards its limits a parameter goes that is 0: no factor leads away from 0."""
OWN_KEYS = ("trajectories", "assumptions", "within", "leave_out")


class SensitivityFile(StudyFile):
    """What a person writes in a sensitivity study, before the names in it are looked up."""

    design: Literal["morris", "sobol", "latin_hypercube"] = Field(title="Design")  # type: ignore[assignment]
    trajectories: int | None = Field(None, title="Morris trajectories", ge=2, le=10_000)
    samples: int | None = Field(None, title="Blocks, or points", ge=2, le=MOST_SAMPLES)
    replications: int = Field(4, title="Seeds for each point", ge=1, le=100_000)
    assumptions: Literal["listed", "uncertain", "all"] | None = Field(
        None, title="Which assumptions are varied beside those listed"
    )
    within: float | None = Field(
        None, title="Ranges from value / within to value * within", gt=1, le=1000
    )
    leave_out: list[str] = Field([], title="Assumptions that keep their value")


def load_sensitivity(
    path: Path, overrides: Sequence[str] = (), *, replications: int | None = None,
    seed: int | None = None,
) -> Study:
    """Read a sensitivity study and check it completely, as `load_study` does for a sweep.

    Raises
    ------
    InputError
        With every problem found; or when SALib, which draws the points, is not installed.
    """
    read: list[SensitivityFile] = []

    def prepare(content: dict[str, Any], place: Any) -> dict[str, Any]:
        written = _checked(content, place)
        found = list(_misfits(written))
        if found:
            raise InputError(problems.messages(found, place))
        read.append(written)
        typed = [text.partition("=")[0].strip() for text in overrides]
        return _as_sweep(written, content, path.parent, typed)

    study = load_study(path, overrides, replications=replications, seed=seed, prepare=prepare)
    written = read[0]
    design = {"sobol": SALTELLI}.get(written.design, written.design)
    if design != HYPERCUBE:
        refuse_without_salib()
    return dataclasses.replace(study, design=design)


def _checked(content: dict[str, Any], place: Any) -> SensitivityFile:
    try:
        text = json.dumps(content, default=str)
        return SensitivityFile.model_validate_json(text, strict=True)
    except ValidationError as error:
        found = problems.explained(error, content, SensitivityFile)
        raise InputError(problems.messages(found, place)) from None


def _misfits(written: SensitivityFile) -> list[tuple[KeyPath, str]]:
    """Say where the keys do not fit together."""
    found: list[tuple[KeyPath, str]] = []
    samples = written.samples
    if written.design == MORRIS and samples is not None:
        found.append((("samples",), say("sensitivity.error.not_morris")))
    if written.design != MORRIS and written.trajectories is not None:
        found.append((("trajectories",), say("sensitivity.error.only_morris")))
    if written.design != MORRIS and samples is None:
        found.append((("samples",), say("sweep.error.samples_missing", design=written.design)))
    if written.design == "sobol" and samples is not None and samples & (samples - 1):
        below = 2 ** int(math.log2(samples))
        found.append((("samples",), say("sensitivity.error.power", found=samples,
                                        below=below, above=2 * below)))
    if written.assumptions == "listed" and not written.parameters:
        found.append((("assumptions",), say("sensitivity.error.none_listed")))
    for name, value in written.parameters.items():
        if not isinstance(value, Mapping):
            found.append((("parameters", name), say("sensitivity.error.range_needed")))
    known = {item.name for item in assumptions()}
    for name in written.leave_out:
        if not any(name == item or item.startswith(f"{name}.") for item in known):
            found.append((("leave_out",), problems.unknown_name(name, sorted(known))))
    return found


def _as_sweep(
    written: SensitivityFile, content: dict[str, Any], folder: Path, typed: Sequence[str]
) -> dict[str, Any]:
    """Write the study as a sweep over a latin hypercube, which the runner knows how to check.

    `typed` names what the command line sets; that, too, is not varied.
    """
    plain = {key: value for key, value in content.items() if key not in OWN_KEYS}
    plain["design"] = HYPERCUBE
    plain["samples"] = written.samples or written.trajectories or TRAJECTORIES
    plain["outcomes"] = written.outcomes or list(HEADLINES)
    plain["replications"] = written.replications
    plain["recording"] = written.recording if "recording" in content else []
    varied = written.assumptions or ("listed" if written.parameters else "uncertain")
    if varied != "listed":
        wanted = CONFIDENCES if varied == "all" else CONFIDENCES[:2]
        held = _values_of(written, folder)
        ranges = ranges_of(assumptions(wanted), held, written.within)
        kept = {
            name: ends for name, ends in ranges.items()
            if not any(name == part or name.startswith(f"{part}.")
                       for part in (*written.leave_out, *written.set, *typed))
        }
        plain["parameters"] = {**kept, **written.parameters}
    return plain


def assumptions(confidences: Sequence[str] = CONFIDENCES) -> list[Parameter]:
    """List every assumption that is a number with a range, the least certain first."""
    numbers = [
        item for item in parameters("assumption")
        if isinstance(item.default, int | float) and not isinstance(item.default, bool)
        and item.low is not None and item.high is not None and item.low < item.high
    ]
    return [item for rank in confidences for item in numbers if item.confidence == rank]


def _values_of(written: SensitivityFile, folder: Path) -> dict[str, Any]:
    """Give the values that the first scenario has; what is wrong with it is told elsewhere."""
    spec = written.scenario if isinstance(written.scenario, str) else (written.scenario or [""])[0]
    try:
        plan = load_scenario(beside(spec, folder)).with_values(written.set)
    except InputError:
        plan = Scenario()
    return flat_values(plan.model_dump(mode="json"))


def ranges_of(
    wanted: Sequence[Parameter], held: Mapping[str, Any], within: float | None
) -> dict[str, dict[str, float]]:
    """Give each assumption the range it is varied over.

    Parameters
    ----------
    held
        The values around which `within` is measured.
    within
        From value / within to value * within, inside the declared range; a value of 0 goes a tenth
        of the way to either limit. None: the whole declared range.

    Returns
    -------
    dict of name -> {low, high}
        Without those that such a range leaves no choice.
    """
    found = {}
    for item in wanted:
        assert item.low is not None and item.high is not None
        low, high = float(item.low), float(item.high)
        value = float(held.get(item.name, item.default))
        if within is not None and value == 0.0:
            low, high = ZERO_SHARE * low, ZERO_SHARE * high
        elif within is not None:
            ends = sorted((value / within, value * within))
            low, high = max(low, ends[0]), min(high, ends[1])
        if isinstance(item.default, int):
            low, high = math.ceil(low), math.floor(high)
        if low < high:
            found[item.name] = {"low": low, "high": high}
    return found
