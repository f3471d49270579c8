"""Finds and reads an experiment: a folder with a question, its studies and what is expected."""

from __future__ import annotations

import dataclasses
import difflib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from linkage_sim.errors import InputError
from linkage_sim.scenario import problems
from linkage_sim.scenario.documents import Document, read_document
from linkage_sim.scenario.lines import Path as KeyPath
from linkage_sim.scenario.locate import is_file, label
from linkage_sim.studies.experiment_file import (
    ExperimentFile,
    FindingEntry,
    QuickStudy,
    Selection,
    StudyEntry,
    misfits,
)
from linkage_sim.studies.sensitivity_file import load_sensitivity
from linkage_sim.studies.study import Study, load_study
from linkage_sim.words import listing, say

FILE = "experiment.toml"
QUICK, FULL = "quick", "full"
_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Experiment:
    """An experiment whose studies are loaded and whose every reference was checked.

    Attributes
    ----------
    size
        "quick" or "full".
    studies
        Name -> study, in the order of the file.
    settings
        Texts "name=value" that somebody laid over all runs.
    seed
        First seed in place of those of the study files; None where they hold.
    """

    name: str
    folder: Path
    size: str
    written: ExperimentFile
    studies: dict[str, Study] = field(default_factory=dict)
    settings: tuple[str, ...] = ()
    seed: int | None = None

    @property
    def expected(self) -> Path:
        """Give the folder of the tables that are expected."""
        return self.folder / "expected" / self.size

    @property
    def n_runs(self) -> int:
        """Count the runs of all studies."""
        return sum(item.n_runs for item in self.studies.values())

    def title(self, language: str) -> str:
        """Give the title in a language."""
        return self.written.title_zh if language == "zh" else self.written.title

    def question(self, language: str) -> str:
        """Give the question in a language."""
        return self.written.question_zh if language == "zh" else self.written.question


def shipped_experiments() -> Path:
    """Give the folder of the experiments: inside a wheel, or at the repository's top."""
    inside = _PACKAGE / "_experiments"
    return inside if inside.is_dir() else _PACKAGE.parent / "experiments"


def experiment_names() -> list[str]:
    """List the experiments that ship."""
    return sorted(path.parent.name for path in shipped_experiments().glob(f"*/{FILE}"))


def find_experiment(name: str) -> Path:
    """Find the folder of an experiment: by path, by name, or by the start of a name.

    Raises
    ------
    InputError
        When there is none, or several begin so; the message holds the nearest known name.
    """
    given = Path(name)
    if is_file(given / FILE):
        return given
    if given.name == FILE and is_file(given):
        return given.parent
    known = experiment_names()
    fitting = [item for item in known if item == name] or [
        item for item in known if name and item.startswith(name)
    ]
    if len(fitting) == 1:
        return shipped_experiments() / fitting[0]
    if fitting:
        raise InputError(say("experiment.error.several", name=name, known=listing(fitting)))
    near = difflib.get_close_matches(name[:100], known, 1)
    hint = say("sign.clause") + say("errors.did_you_mean", name=near[0]) if near else ""
    raise InputError(say(
        "experiment.error.unknown", name=problems.shortened(name), known=listing(known), file=FILE,
    ) + hint)


def load_experiment(
    folder: Path, quick: bool = False, overrides: Sequence[str] = (), seed: int | None = None
) -> Experiment:
    """Read an experiment and check it completely, its studies included.

    Parameters
    ----------
    overrides
        Texts "assumptions.needs.drift_sd=0.4" that hold for all runs.
    seed
        First seed of all studies, in place of what their files say.

    Raises
    ------
    InputError
        With every problem found: file, line, key, what was found and what is allowed.
    """
    document = read_document(folder / FILE)
    written = _checked(document)
    found = misfits(written)
    if found:
        raise InputError(problems.messages(found, document.place))
    studies, wrong = _studies(written, folder, document, quick, _Laid(tuple(overrides), seed))
    if wrong:
        raise InputError(list(dict.fromkeys(wrong)))
    found = [*_wrong_selections(written, studies), *_wrong_kept(written, studies)]
    if found:
        raise InputError(problems.messages(found, document.place))
    size = QUICK if quick else FULL
    return Experiment(
        folder.resolve().name, folder, size, written, studies, tuple(overrides), seed
    )


def written_experiment(folder: Path) -> Experiment:
    """Read what a person wrote in experiment.toml, and check that file alone: no study is loaded.

    Raises
    ------
    InputError
        With every problem of the file itself.
    """
    written = _checked(read_document(folder / FILE))
    return Experiment(folder.resolve().name, folder, FULL, written)


@dataclass(frozen=True)
class _Laid:
    """What was typed for all studies, in place of what their files say."""

    overrides: tuple[str, ...]
    seed: int | None


def _checked(document: Document) -> ExperimentFile:
    try:
        text = json.dumps(document.content, default=str)
        return ExperimentFile.model_validate_json(text, strict=True)
    except ValidationError as error:
        found = problems.explained(error, document.content, ExperimentFile)
        raise InputError(problems.messages(found, document.place)) from None


def _studies(
    written: ExperimentFile, folder: Path, document: Document, quick: bool, laid: _Laid
) -> tuple[dict[str, Study], list[str]]:
    studies: dict[str, Study] = {}
    wrong: list[str] = []
    for number, entry in enumerate(written.studies):
        path = folder / entry.file
        if not is_file(path):
            place = document.place(("studies", number, "file"))
            wrong.append(f"{place}: studies[{number + 1}].file: "
                         + say("experiment.error.no_study_file", path=label(path)))
            continue
        try:
            studies[entry.name] = _study(entry, path, entry.quick if quick else None, laid)
        except InputError as error:
            # The quick form stands here; what is wrong with the file stands in its own messages.
            wrong += _of_quick(entry, path, error, number, document, laid, quick)
    return studies, wrong


def _of_quick(
    entry: StudyEntry, path: Path, error: InputError, number: int, document: Document,
    laid: _Laid, quick: bool,
) -> list[str]:
    if not quick:
        return error.messages
    try:
        _study(entry, path, None, laid)
    except InputError as other:
        return other.messages
    place = document.place(("studies", number, "quick"))
    return [f"{place}: studies[{number + 1}].quick: {text}" for text in error.messages]


def _study(
    entry: StudyEntry, path: Path, quick: QuickStudy | None, laid: _Laid
) -> Study:
    smaller = quick or QuickStudy()
    if entry.kind == "sensitivity":
        study = load_sensitivity(
            path, laid.overrides, replications=smaller.replications, seed=laid.seed
        )
    else:
        def prepare(content: dict[str, Any], place: Any) -> dict[str, Any]:
            return _smaller(content, smaller)

        study = load_study(
            path, laid.overrides, replications=smaller.replications, seed=laid.seed,
            prepare=prepare,
        )
    if smaller.samples is not None:
        study = dataclasses.replace(study, samples=smaller.samples)
    return study


def _smaller(content: dict[str, Any], quick: QuickStudy) -> dict[str, Any]:
    """Lay the quick form over what a study file says."""
    found = dict(content)
    if quick.scenario is not None:
        found["scenario"] = quick.scenario
    for name in quick.parameters:
        if name not in found["parameters"]:
            raise InputError(problems.unknown_name(name, list(found["parameters"])))
    found["parameters"] = {**found["parameters"], **quick.parameters}
    found["set"] = {**found.get("set", {}), **quick.set}
    return found


# -- what the findings speak of ------------------------------------------------------------------


def _wrong_selections(
    written: ExperimentFile, studies: Mapping[str, Study]
) -> Iterator[tuple[KeyPath, str]]:
    """Say which columns and values no run of the study has."""
    for number, item in enumerate(written.findings):
        if item.study is None:
            continue
        known = _known_values(studies[item.study])
        for side, selections in (("plus", item.plus), ("minus", item.minus)):
            for place, selection in enumerate(selections):
                here: KeyPath = ("findings", number, side, place)
                yield from _wrong_selection(here, selection, known)


def _wrong_selection(
    here: KeyPath, selection: Selection, known: Mapping[str, list[Any] | None]
) -> Iterator[tuple[KeyPath, str]]:
    for key, value in selection.items():
        fitting = fitting_columns(key, list(known))
        if len(fitting) != 1:
            yield (*here, key), problems.unknown_name(key, fitting or list(known))
            continue
        values = known[fitting[0]]
        if values is not None and not any(is_value(one, value) for one in values):
            told = listing(problems.shown(one) for one in values[:12])
            yield (*here, key), say("errors.found", found=problems.shown(value), allowed=told)


def _known_values(study: Study) -> dict[str, list[Any] | None]:
    known: dict[str, list[Any] | None] = {"scenario": list(study.names)}
    for item in study.factors:
        for column in item.columns:
            listed = [level[column] for level in item.levels if column in level]
            known[column] = listed if item.range is None else None
    return known


def _wrong_kept(
    written: ExperimentFile, studies: Mapping[str, Study]
) -> Iterator[tuple[KeyPath, str]]:
    """Say which outcomes and tables are needed that a study does not keep."""
    asked: list[tuple[KeyPath, str, list[str]]] = [
        (("findings", number, "outcome"), item.study, [item.outcome or ""])
        for number, item in enumerate(written.findings) if item.study is not None
    ]
    asked += [(("analyses", number, "outcomes"), item.study, item.outcomes)
              for number, item in enumerate(written.analyses)]
    for key, name, outcomes in asked:
        for outcome in outcomes:
            if outcome not in studies[name].outcomes:
                yield key, say("experiment.error.not_kept", outcome=outcome, study=name)
    for number, item in enumerate(written.findings):
        if item.year is not None and item.study is not None:
            yield from _wrong_year(number, item, studies[item.study])


def _wrong_year(
    number: int, item: FindingEntry, study: Study
) -> Iterator[tuple[KeyPath, str]]:
    last = min(plan.run.years for plan in study.scenarios)
    if "years" not in study.recording:
        yield ("findings", number, "year"), say("experiment.error.no_years", study=item.study)
    elif item.year is not None and item.year > last:
        yield ("findings", number, "year"), say("errors.at_most", high=last, low=last)


def fitting_columns(name: str, columns: Sequence[str]) -> list[str]:
    """Give the columns that a name means: the one of that name, or those that end so."""
    if name in columns:
        return [name]
    return [item for item in columns if item.endswith(f".{name}")]


def is_value(held: Any, wanted: Any) -> bool:
    """Tell whether a column's value is the one that a file names; false means switched off."""
    if isinstance(held, float) and math.isnan(held):
        return wanted is False
    if isinstance(wanted, list | dict) and isinstance(held, str):
        return held == json.dumps(wanted, ensure_ascii=False, sort_keys=True)
    if isinstance(wanted, bool) or isinstance(held, bool):
        return held is wanted
    if isinstance(held, int | float) and isinstance(wanted, int | float):
        return math.isclose(held, wanted, rel_tol=1e-9, abs_tol=1e-12)
    return bool(held == wanted)
