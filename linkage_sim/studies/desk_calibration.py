"""Holds the model's desks against a real log: calibrated on half of its files, tried on the others.

From one random half are taken the days at each desk, how often each desk sends a file back, and
the days applicants take to mend it; no file's total is. The files of the other half then go through
the model's own desks, each through the desks it had to pass, and their days are compared with the
real ones, by layers, by rejections and at the far end.

    python -m linkage_sim.studies.desk_calibration LOG.csv.gz results/desks
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from linkage_sim.errors import InputError
from linkage_sim.inputs.file_ways import LATER_CHECK, FileWay, read_ways
from linkage_sim.provenance import provenance_of
from linkage_sim.scenario.schema import Scenario
from linkage_sim.studies.desk_rates import (
    FEWEST_STOPS,
    KINDS,
    MOST_REJECTIONS,
    REPEATS,
    Days,
    Floats,
    halves,
    rates_of,
    real_days,
    simulated_days,
)
from linkage_sim.studies.results import results_folder
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd

VERB = "desk_calibration"
TABLES = ("groups", "halves", "procedures")
HALVES, FEW_REPEATS = 20, 2
"""Random halves that are tried, and how often files go through the desks in each further one."""
FAR = 95.0


GROUPS = (
    *(("layers", value) for value in (1, 2, 3)),
    *(("rejections", value) for value in range(MOST_REJECTIONS + 1)), ("all", 0),
)


def groups_table(
    first: Days, other: Days, whole: Days, simulated: Mapping[str, Days]
) -> pd.DataFrame:
    """Compare simulated with real days, group by group.

    Parameters
    ----------
    first, other, whole
        Real days of the half that calibrated, of the other half, and of all files.
    simulated
        By kind of desks.

    Returns
    -------
    pandas.DataFrame
        One row a kind and group: kind, by, value, files (of the other half), real, error (standard
        error of that mean), first (mean of the half that calibrated), whole, simulated, difference
        and difference_whole (relative), real_p95, simulated_p95, difference_p95, share_real,
        share_simulated.
    """
    import pandas as pd

    rows = []
    for kind, days in simulated.items():
        for by, value in GROUPS:
            real, made = other.group(by, value), days.group(by, value)
            everybody = whole.group(by, value)
            far, far_made = (_far(item) for item in (real, made))
            rows.append({
                "kind": kind, "by": by, "value": value, "files": real.size,
                "real": _mean(real), "error": _error(real), "first": _mean(first.group(by, value)),
                "whole": _mean(everybody), "simulated": _mean(made),
                "difference": _mean(made) / _mean(real) - 1.0,
                "difference_whole": _mean(made) / _mean(everybody) - 1.0,
                "real_p95": far, "simulated_p95": far_made, "difference_p95": far_made / far - 1.0,
                "share_real": real.size / other.days.size,
                "share_simulated": made.size / days.days.size,
            })
    return pd.DataFrame(rows)


def _mean(days: Floats) -> float:
    return float(days.mean()) if days.size else math.nan


def _error(days: Floats) -> float:
    return float(days.std(ddof=1)) / math.sqrt(days.size) if days.size > 1 else math.nan


def _far(days: Floats) -> float:
    return float(np.percentile(days, FAR)) if days.size else math.nan


def held_against(
    ways: Sequence[FileWay], seed: int, kinds: Sequence[str] = KINDS, repeats: int = REPEATS
) -> pd.DataFrame:
    """Calibrate on one random half and compare on the other; the table of `groups_table`."""
    first, other = halves(ways, seed)
    rates = rates_of(first)
    made = {kind: simulated_days(other, rates, kind, seed, repeats) for kind in kinds}
    return groups_table(real_days(first), real_days(other), real_days(ways), made)


def procedures_table(ways: Sequence[FileWay], seed: int) -> pd.DataFrame:
    """List what was taken from the first half: one row a procedure and desk."""
    import pandas as pd

    first, _ = halves(ways, seed)
    rates = rates_of(first)
    files = Counter(way.procedure for way in first)
    rows = []
    for procedure, count in files.most_common():
        for name in (*procedure, LATER_CHECK):
            stops = rates.stops.get((name, *procedure), ())
            if len(stops) >= FEWEST_STOPS:
                days = np.array([item.days for item in stops])
                rows.append({
                    "procedure": " > ".join(procedure), "files": count, "desk": name,
                    "decisions": len(stops), "mean_days": float(days.mean()), "p95": _far(days),
                    "returned": sum(item.returned for item in stops) / len(stops),
                })
    return pd.DataFrame(rows)


def calibrate_desks(log: Path, place: Path, seed: int = 1) -> dict[str, pd.DataFrame]:
    """Do everything for a log and write it into a results directory.

    Raises
    ------
    InputError
        When the log cannot be read, has too few files, or the directory holds something else.
    """
    ways = read_ways(log)
    if len(ways) < 2 * FEWEST_STOPS:
        raise InputError(say("calibration.error.few_files", path=log, count=len(ways)))
    with results_folder(place, [f"{name}.parquet" for name in TABLES]) as folder:
        groups = held_against(ways, seed)
        tables = {
            "groups": groups, "halves": _many_halves(ways, seed, groups),
            "procedures": procedures_table(ways, seed),
        }
        plain = Scenario()
        # Where the log lies is a matter of the machine.
        typed = ["python", "-m", "linkage_sim.studies.desk_calibration", log.name]
        record = provenance_of(VERB, [log.name], [plain], [seed], command=typed)
        mending = rates_of(halves(ways, seed)[0]).mending_days
        record["log"] = {
            "sha256": hashlib.sha256(log.read_bytes()).hexdigest(), "files": len(ways),
            "mending_days": float(mending.mean()) if mending.size else None,
            "repeats": REPEATS, "halves": HALVES,
        }

        def fill(beside: Path) -> None:
            for name, table in tables.items():
                table.to_parquet(beside / f"{name}.parquet", index=False)

        folder.write_streamed(fill, record)
    return tables


def _many_halves(ways: Sequence[FileWay], seed: int, known: pd.DataFrame) -> pd.DataFrame:
    """Try further random halves, so that nobody need believe in one lucky split."""
    import pandas as pd

    tables = [known.assign(half=seed)] + [
        held_against(ways, number, repeats=FEW_REPEATS).assign(half=number)
        for number in range(seed + 1, seed + HALVES)
    ]
    return pd.concat(tables, ignore_index=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Calibrate the desks of one log; gives the exit code."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    if len(typed) != 2 or typed[0].startswith("-"):
        sys.stderr.write(say("calibration.desks.usage") + "\n")
        return 2
    try:
        tables = calibrate_desks(Path(typed[0]), Path(typed[1]))
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    shown = tables["groups"].drop(columns=["first", "share_real", "share_simulated"])
    sys.stdout.write(shown.round(3).to_string(index=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
