"""Writes the tables of a finished sweep from its runs, a few thousand rows at a time.

Rows are sorted by run id and nothing of the time of day enters, so that equal runs give equal
files to the last byte, whatever happened while they were made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.outcomes import NAMES
from linkage_sim.provenance import provenance_of
from linkage_sim.studies.results import Folder
from linkage_sim.studies.run import PROJECT_COLUMNS, PROJECT_TYPES
from linkage_sim.studies.store import Store
from linkage_sim.studies.study import Study
from linkage_sim.studies.study_record import record_of
from linkage_sim.studies.tables import as_kind, changed_values, flat_values, kind_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

BATCH_ROWS = 5_000
PROJECT_TEXTS = ("id", "category", "reason")
LABELLED = ("outcomes", "years", "failures")
"""Tables whose rows also hold the values of the changed parameters."""
Row = dict[str, Any]
Columns = dict[str, list[Any]]
Adding = Callable[[Path, Row], None]
"""Writes more files into a folder of finished tables; told of their provenance as well."""


class Values:
    """The columns of changed parameters: which there are, and what a run has in each."""

    def __init__(self, study: Study) -> None:
        self._base = {
            name: flat_values(item.model_dump(mode="json"))
            for name, item in zip(study.names, study.scenarios, strict=True)
        }
        levels = [level for item in study.factors for level in item.levels]
        ranged = [item.name for item in study.factors if item.range is not None]
        own = [*(name for level in levels for name in level), *ranged]
        names = dict.fromkeys([
            *_in_order(study, own), *changed_values(list(study.scenarios))[0],
        ])
        # What every point sets for itself never shows the value of the scenario.
        always = {name for item in study.factors for name in item.columns
                  if all(name in level for level in item.levels)}
        self.kinds = {
            name: kind_of([
                *(flat.get(name) for flat in self._base.values() if name not in always),
                *(level[name] for level in levels if name in level),
                *(0.0 for ranged_name in ranged if ranged_name == name),
            ])
            for name in names
        }

    def of(self, content: Row) -> Row:
        """Give the values a run had, as the columns hold them."""
        held = {**self._base[content["scenario"]], **content["values"]}
        return {name: as_kind(held.get(name), kind) for name, kind in self.kinds.items()}


def _in_order(study: Study, names: Sequence[str]) -> list[str]:
    """Sort the names a study sets by the order in which its file lists the parameters."""
    order = [item.name for item in study.factors]

    def place(name: str) -> int:
        return next(
            i for i, one in enumerate(order) if name == one or name.startswith(f"{one}.")
        )

    return sorted(dict.fromkeys(names), key=place)


def export(
    folder: Folder, store: Store, study: Study, add: Adding | None = None
) -> None:
    """Write all tables and the provenance of a finished sweep, and what `add` makes of them."""
    record = provenance_of(
        "sweep", study.names, study.scenarios, study.seeds, trace="journal" in study.recording
    )
    blocks = (store.record or {}).get("blocks", ())
    written = record_of(study, blocks)
    record["study"] = {name: value for name, value in written.items() if name != "scenarios"}
    record["study"]["runs"] = len(store.spots)
    wanted = ("outcomes", *study.recording, *(("failures",) if store.failed else ()))

    def fill(place: Path) -> None:
        write_tables(place, store, study, wanted)
        if add is not None:
            add(place, record)

    folder.write_streamed(fill, record)


def write_tables(place: Path, store: Store, study: Study, wanted: Sequence[str]) -> None:
    """Write Parquet files, all in one pass over the runs."""
    writers = {name: _Writer(place / f"{name}.parquet", name, study) for name in wanted}
    try:
        for name, columns in tables_of_runs(store, study, wanted):
            writers[name].add(columns)
    finally:
        for writer in writers.values():
            writer.close()


def tables_of_runs(
    store: Store, study: Study, wanted: Sequence[str]
) -> Iterator[tuple[str, Columns]]:
    """Give the tables of each run as columns, run after run in the order of their ids."""
    values = Values(study)
    for run, content in store.rows():
        label: Row = {"run_id": run, "scenario": content["scenario"], "seed": content["seed"]}
        told = {**label, **values.of(content)}
        if content["failure"] is not None:
            if "failures" in wanted:
                yield "failures", {**_repeated(told, 1), "reason": [content["failure"]]}
            continue
        for name in wanted:
            if name == "outcomes":
                shown = {key: content["outcomes"][key] for key in study.outcomes}
                yield name, {key: [value] for key, value in {**told, **shown}.items()}
            elif name != "failures":
                table = content["tables"].get(name)
                if table:
                    count = len(next(iter(table.values())))
                    front = told if name in LABELLED else label
                    yield name, {**_repeated(front, count), **table}


def _repeated(row: Row, count: int) -> Columns:
    return {name: [value] * count for name, value in row.items()}


def frame_of(store: Store, study: Study, table: str) -> pd.DataFrame:
    """Give a table of the runs finished so far, as the finished sweep will hold it."""
    gathered = _Gathered(table, study)
    for _, columns in tables_of_runs(store, study, (table,)):
        gathered.add(columns)
    found: pd.DataFrame = gathered.table().to_pandas()
    return found


class _Gathered:
    """Rows of one table, as columns of fixed types."""

    def __init__(self, name: str, study: Study) -> None:
        self.schema = _schema(name, study)
        self.columns: Columns | None = None
        self.rows = 0

    def add(self, columns: Columns) -> None:
        if self.columns is None:
            self.columns = {name: list(column) for name, column in columns.items()}
        else:
            for name, column in columns.items():
                self.columns[name] += column
        self.rows += len(next(iter(columns.values())))

    def table(self) -> pa.Table:
        import pyarrow as pa

        columns = self.columns or {}
        if self.schema is not None:
            blank = [None] * self.rows
            held = {item.name: columns.get(item.name, blank) for item in self.schema}
            return pa.table(held, schema=self.schema)
        table = pa.table(columns)
        self.schema = table.schema if columns else None
        return table


class _Writer(_Gathered):
    """Writes one Parquet file, a row group after the other."""

    def __init__(self, path: Path, name: str, study: Study) -> None:
        super().__init__(name, study)
        self._path = path
        self._file: pq.ParquetWriter | None = None

    def add(self, columns: Columns) -> None:
        super().add(columns)
        if self.rows >= BATCH_ROWS:
            self._flush()

    def _flush(self) -> None:
        import pyarrow.parquet as pq

        table = self.table()
        if self._file is None:
            self._file = pq.ParquetWriter(self._path, table.schema)
        self._file.write_table(table)
        self.columns, self.rows = None, 0

    def close(self) -> None:
        if self.rows or self._file is None:
            self._flush()
        assert self._file is not None
        self._file.close()


def _schema(name: str, study: Study) -> pa.Schema | None:
    """Fix the types of a table, so that no batch of rows decides them; None where rows tell."""
    import pyarrow as pa

    front = [("run_id", pa.string()), ("scenario", pa.string()), ("seed", pa.int64())]
    kinds = {"text": pa.string(), "bool": pa.bool_(), "number": pa.float64()}
    values = [(key, kinds[kind]) for key, kind in Values(study).kinds.items()]
    if name == "outcomes":
        return pa.schema([*front, *values, *((key, pa.float64()) for key in study.outcomes)])
    if name == "years":
        return pa.schema([
            *front, *values, ("year", pa.int64()), *((key, pa.float64()) for key in NAMES)
        ])
    if name == "failures":
        return pa.schema([*front, *values, ("reason", pa.string())])
    if name == "projects":
        return pa.schema([*front, *_project_fields()])
    if name == "journal":
        return pa.schema([*front, ("order", pa.int64()), ("day", pa.float64()),
                          *((key, pa.string()) for key in ("project", "event", "facts"))])
    return None


def _project_fields() -> list[tuple[str, pa.DataType]]:
    import pyarrow as pa

    types: Mapping[str, pa.DataType] = {
        "Int64": pa.int64(), "int64": pa.int64(), "boolean": pa.bool_(), "bool": pa.bool_(),
        "float64": pa.float64(),
    }
    return [
        (key, pa.string() if key in PROJECT_TEXTS else types[PROJECT_TYPES.get(key, "float64")])
        for key in PROJECT_COLUMNS
    ]
