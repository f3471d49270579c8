"""Condenses a sensitivity study into small tables that fit beside a document.

    python -m linkage_sim.studies.sensitivity_summary RESULTS docs/data/sensitivity/NAME [EVENT...]

computes the findings anew from the finished runs and writes NAME_sensitivity.csv (the assumptions
of the first ranks), NAME_conclusions.csv, NAME_boxes.csv and NAME_study.csv (what was run).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from linkage_sim.errors import InputError
from linkage_sim.studies.discovery import event_of
from linkage_sim.studies.results import load_provenance
from linkage_sim.studies.salib_points import MORRIS, SALTELLI, group_size
from linkage_sim.studies.sensitivity import analysed_again
from linkage_sim.studies.study import Study
from linkage_sim.studies.study_record import study_from

if TYPE_CHECKING:
    import pandas as pd

RANKS, FIGURES = 12, 5
BAD_INPUT = 2
_PLAIN = {MORRIS: "morris", SALTELLI: "sobol"}


def summaries(place: Path, events: Sequence[str] = ()) -> dict[str, pd.DataFrame]:
    """Give the small tables of a finished study, by name.

    Parameters
    ----------
    events
        Texts as `--discover` takes them.

    Raises
    ------
    InputError
        When there are no results, or an event cannot be read.
    """
    record = load_provenance(place)
    study = study_from({**record["study"], "scenarios": record["scenarios"]})
    found = analysed_again(place, [event_of(text, study) for text in events])
    tables = found.tables()
    if "sensitivity" in tables:
        tables["sensitivity"] = tables["sensitivity"][tables["sensitivity"]["rank"] <= RANKS]
    tables["study"] = _described(study, record["study"]["runs"])
    return tables


def _described(study: Study, runs: int) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame([{
        "title": study.title, "scenarios": json.dumps(list(study.names)),
        "design": _PLAIN.get(study.design, study.design), "parameters": len(study.factors),
        "samples": study.samples,
        "points": study.samples * group_size(study.design, len(study.factors)),
        "replications": study.replications, "runs": runs,
        "years": study.scenarios[0].run.years, "settings": json.dumps(list(study.settings)),
    }])


def write(place: Path, stem: Path, events: Sequence[str] = ()) -> list[Path]:
    """Write the small tables as CSV, numbers with five figures; gives the files."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, table in summaries(place, events).items():
        path = stem.with_name(f"{stem.name}_{name}.csv")
        table.to_csv(path, index=False, float_format=f"%.{FIGURES}g", lineterminator="\n")
        paths.append(path)
    return paths


def main(arguments: Sequence[str] | None = None) -> int:
    """Condense one study; gives the exit code."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    if len(typed) < 2:
        program = "python -m linkage_sim.studies.sensitivity_summary"
        sys.stderr.write(f"{program} RESULTS STEM [EVENT...]\n")
        return BAD_INPUT
    try:
        paths = write(Path(typed[0]), Path(typed[1]), typed[2:])
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    sys.stdout.write("".join(f"{path}\n" for path in paths))
    return 0


if __name__ == "__main__":
    sys.exit(main())
