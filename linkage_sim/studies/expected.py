"""Holds results of an experiment against those it is expected to give.

In the environment the expected tables were made in, every number has to be the same. Elsewhere
libraries may round in another way, after which single runs take another course: there a mean has
to lie within a stated part of its own uncertainty.

    python -m linkage_sim.studies.expected results/experiments/quick experiments
"""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.provenance import library_versions
from linkage_sim.words import say, system_reason

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 9
"""Figures that a table keeps; the last one may be rounded either way."""
ROUNDING = 2 * 10.0 ** (1 - DIGITS)
PINNED = ("numpy", "numba", "llvmlite", "scipy")
WITHOUT_INTERVAL = 0.05
"""Part by which a number without an interval may differ in another environment."""
LABELS = ("verdict", "expected")
COUNTS = ("n", "seeds", "dropped", "points", "undefined")
"""Columns of whole numbers that a run with another course may change by one, or by that part."""
RECORD = "provenance.json"
ELSEWHERE = "elsewhere"
"""Folder of what came out with other seeds."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """How results stand to what is expected of them.

    Attributes
    ----------
    exact
        Whether every number had to be the same.
    numbers, differ
        Numbers compared, and those that differ more than they may.
    lines
        Words about the first difference of each table.
    """

    exact: bool
    numbers: int
    differ: int
    lines: tuple[str, ...]


def environment() -> Row:
    """Describe what numbers depend on beside the model: libraries and the kind of machine."""
    found = library_versions()
    return {
        **{name: found.get(name, "") for name in PINNED},
        "platform": f"{platform.system()} {platform.machine()}",
    }


def written_table(table: pd.DataFrame) -> str:
    """Write a table as it is kept: nine figures, undefined numbers empty."""
    text: str = table.to_csv(index=False, float_format=f"%.{DIGITS}g", lineterminator="\n")
    return text


def read_table(path: Path) -> pd.DataFrame:
    """Read a kept table, every cell as it stands there.

    Raises
    ------
    InputError
        When it is not there or cannot be read.
    """
    import pandas as pd

    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except OSError as error:
        raise InputError(say("document.error.unreadable", path=path,
                             reason=system_reason(error))) from None
    except ValueError as error:
        raise InputError(say("document.error.unreadable", path=path, reason=error)) from None


def compare_tables(
    found: Mapping[str, pd.DataFrame], expected: Path, tolerance: float
) -> Comparison:
    """Compare tables with those of a folder.

    Parameters
    ----------
    found
        Name -> table, as they would be written.
    tolerance
        Half intervals by which a mean may differ in another environment.

    Raises
    ------
    InputError
        When nothing is kept there that could be expected.
    """
    try:
        record = json.loads((expected / RECORD).read_text(encoding="utf-8"))
        known = record["environment"]
    except FileNotFoundError:
        raise InputError(say("experiment.error.nothing_expected", path=expected)) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            say("experiment.error.expected_damaged", path=expected / RECORD)
        ) from None
    exact = known == environment()
    numbers = differ = 0
    lines: list[str] = []
    kept = {path.stem for path in expected.glob("*.csv")}
    for name in sorted(kept | set(found)):
        if name not in found or name not in kept:
            differ += 1
            lines.append(say("experiment.differ.table", name=name))
            continue
        count, odd = _compared(found[name], read_table(expected / f"{name}.csv"),
                               None if exact else tolerance)
        numbers += count
        differ += len(odd)
        lines += [f"{name}.csv: {odd[0]}"] if odd else []
    return Comparison(exact, numbers, differ, tuple(lines))


def _compared(
    found: pd.DataFrame, expected: pd.DataFrame, tolerance: float | None
) -> tuple[int, list[str]]:
    import io

    import pandas as pd

    now = pd.read_csv(io.StringIO(written_table(found)), dtype=str, keep_default_na=False)
    if list(now.columns) != list(expected.columns) or len(now) != len(expected):
        return 0, [say("experiment.differ.shape", before=len(expected), now=len(now))]
    # What is claimed of a number is held against it apart; see findings.py.
    columns = [name for name in expected.columns if name not in LABELS]
    odd: list[str] = []
    pairs = zip(expected.to_dict("records"), now.to_dict("records"), strict=True)
    for number, (before, after) in enumerate(pairs, start=1):
        allowed = 0.0 if tolerance is None else tolerance * _half(before)
        odd += [
            say("experiment.differ.cell", row=number, name=name, before=before[name] or "–",
                now=after[name] or "–")
            for name in columns
            if not _same(before[name], after[name], math.nan if name in COUNTS else allowed,
                         tolerance is not None)
        ]
    return len(expected) * len(columns), odd


def _half(row: Mapping[str, str]) -> float:
    """Give half of a row's interval; NaN where it has none."""
    try:
        return (float(row["high"]) - float(row["low"])) / 2.0
    except (KeyError, ValueError):
        return math.nan


def _same(before: str, after: str, allowed: float, elsewhere: bool) -> bool:
    if before == after:
        return True
    try:
        first, second = float(before), float(after)
    except ValueError:
        return False
    apart = abs(first - second)
    if apart <= ROUNDING * max(abs(first), abs(second)):
        return True
    if not elsewhere:
        return False
    if math.isnan(allowed):
        allowed = WITHOUT_INTERVAL * abs(first)
        allowed = max(1.0, allowed) if first.is_integer() and second.is_integer() else allowed
    return apart <= allowed


# -- keeping what came out as what is expected ---------------------------------------------------


def keep_expected(results: Path, folder: Path, size: str) -> list[Path]:
    """Make finished results of an experiment what it is expected to give from now on.

    Parameters
    ----------
    results
        Folder `result` of the experiment under the place where `reproduce` wrote.
    folder
        Folder of the experiment.
    """
    from linkage_sim.studies.results import load_provenance, verify_results

    record = load_provenance(results)
    if record.get("settings"):
        raise InputError(say("experiment.error.settings", path=results))
    tables = sorted(name for name in verify_results(results) if name.endswith(".csv"))
    return _kept(results, record, tables, folder / "expected" / size)


def keep_elsewhere(results: Path, folder: Path) -> list[Path]:
    """Keep what the full form gives with other seeds: its findings, which no check compares with.

    Raises
    ------
    InputError
        When something beside the seeds was changed, or the results are of the quick form.
    """
    from linkage_sim.studies.results import load_provenance, verify_results

    verify_results(results)
    record = load_provenance(results)
    settings = [item for item in record.get("settings", []) if not item.startswith("seed=")]
    if settings or record["size"] != "full":
        raise InputError(say("experiment.error.elsewhere", path=results))
    return _kept(results, record, ["findings.csv"], folder / "expected" / ELSEWHERE)


def _kept(results: Path, record: Row, tables: list[str], goal: Path) -> list[Path]:
    """Put tables and their record into a folder in place of what was there."""
    beside = goal.with_name(f".{goal.name}.new")
    beside.mkdir(parents=True, exist_ok=True)
    for name in tables:
        (beside / name).write_bytes((results / name).read_bytes())
    text = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
    (beside / RECORD).write_text(text + "\n", encoding="utf-8")
    for old in goal.glob("*") if goal.exists() else ():
        old.unlink()
    goal.mkdir(exist_ok=True)
    for item in sorted(beside.iterdir()):
        item.replace(goal / item.name)
    beside.rmdir()
    return [goal / name for name in (*tables, RECORD)]


def finished_results(place: Path) -> Iterator[tuple[str, Path]]:
    """Give the name and the result folder of every experiment that is finished in a place."""
    for path in sorted(place.glob(f"*/result/{RECORD}")):
        yield path.parents[1].name, path.parent


def main(arguments: list[str]) -> None:
    """Keep all finished results of a place as expected ones, and describe what is there."""
    import sys

    from linkage_sim.studies.crate import write_crate

    place, experiments = Path(arguments[0]), Path(arguments[1])
    for name, results in finished_results(place):
        record = json.loads((results / RECORD).read_text(encoding="utf-8"))
        size = record["size"]
        if any(item.startswith("seed=") for item in record.get("settings", [])):
            written = keep_elsewhere(results, experiments / name)
        else:
            written = keep_expected(results, experiments / name, size)
        for path in [*written, write_crate(experiments / name)]:
            sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    import sys

    if len(sys.argv) != 3:
        raise SystemExit("python -m linkage_sim.studies.expected RESULTS EXPERIMENTS")
    main(sys.argv[1:])
