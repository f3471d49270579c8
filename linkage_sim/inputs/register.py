"""Reads a register of real residents, so that a community can run on its own people.

This is personal data. Only ages, codes and need marks are kept, in memory; what is printed or
written shows the number of rows and the hash of the file. Messages name line and column, never
what stands in a cell.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linkage_sim.errors import InputError
from linkage_sim.inputs.problems import Problems
from linkage_sim.inputs.tables import (
    Column,
    Row,
    decoded,
    find_columns,
    full_row,
    guessed_delimiter,
    read_file,
    records,
    unpacked,
)
from linkage_sim.scenario.fields import CATEGORIES, CATEGORY_TITLES
from linkage_sim.scenario.registered import register_trouble
from linkage_sim.scenario.world import Register as Named
from linkage_sim.words import say

OLDEST = 120
_SHORT_TITLES = {
    "elder_care": "养老", "child_family": "儿童", "health": "健康", "hardship": "困难",
    "employment": "就业", "culture": "文化", "environment": "环境", "mediation": "调解",
}
CATEGORY_NAMES: dict[str, tuple[str, ...]] = {
    name: (name, *(title.casefold() for title in CATEGORY_TITLES[name]), _SHORT_TITLES[name])
    for name in CATEGORIES
}
COLUMNS = (
    Column("id", ("id", "resident_id", "person_id", "编号", "居民编号", "序号")),
    Column("age", ("age", "年龄")),
    Column("household", ("household", "household_id", "户号", "家庭编号", "户编号")),
    Column("building", ("building", "building_id", "楼栋", "楼号", "单元")),
    Column("needs", ("needs", "need", "需求"), required=False),
    *(Column(name, names, required=False) for name, names in CATEGORY_NAMES.items()),
)
_MARKS = {"1": True, "yes": True, "true": True, "是": True, "有": True,
          "0": False, "no": False, "false": False, "否": False, "无": False, "": False}
_NEED_CODES = {alias: number for number, names in enumerate(CATEGORY_NAMES.values())
               for alias in names}
_AGE = re.compile(r"(\d{1,3})(?:\.0+)?")


@dataclass(frozen=True, eq=False, repr=False)
class Register:
    """The residents of a register as columns; row numbers take the place of names.

    Parameters
    ----------
    ages
        Years, 0..120 (int16, one a resident).
    household
        Code of the household, 0.. in order of first appearance (int32). A household number counts
        within its building: number 101 of two buildings is two households.
    building
        Code of the building, 0.. in order of first appearance (int32).
    needs
        Bit k set when the resident has a need of category k, in the fixed order (uint8); None
        when the file says nothing about needs.
    sha256
        Hash of the file as it lies on the disk.
    """

    ages: NDArray[np.int16]
    household: NDArray[np.int32]
    building: NDArray[np.int32]
    needs: NDArray[np.uint8] | None
    sha256: str

    @property
    def n_residents(self) -> int:
        """Rows of the register."""
        return int(self.ages.size)

    def __repr__(self) -> str:
        return f"Register(residents={self.n_residents}, sha256={self.sha256!r})"


class _RegisterReader:
    """Collects the checked cells of a register row by row."""

    def __init__(self, problems: Problems, places: Mapping[str, int], width: int) -> None:
        self.problems = problems
        self.places = places
        self.width = width
        self.marks = [(number, name) for number, name in enumerate(CATEGORIES) if name in places]
        self.first_line: dict[str, int] = {}
        self.buildings: dict[str, int] = {}
        self.households: dict[tuple[str, str], int] = {}
        self.rows: list[tuple[int, int, int, int]] = []

    def read(self, row: Row) -> None:
        """Check one row and keep what the model needs of it."""
        if not full_row(row, self.width, self.problems):
            return
        cells = {name: row.cells[place].strip() for name, place in self.places.items()}
        for name in ("id", "household", "building"):
            if not cells[name]:
                self.problems.add(row.line, say("input.register.empty", name=name))
        if cells["id"]:
            earlier = self.first_line.setdefault(cells["id"], row.line)
            if earlier != row.line:
                self.problems.add(row.line, say("input.register.repeats", line=earlier))
        age = _AGE.fullmatch(cells["age"])
        if age is None or int(age[1]) > OLDEST:
            self.problems.add(row.line, say("input.register.age", oldest=OLDEST))
        needs = self._needs(row.line, cells)
        if age is None or self.problems.count:
            return
        building = self.buildings.setdefault(cells["building"], len(self.buildings))
        household = self.households.setdefault((cells["building"], cells["household"]),
                                               len(self.households))
        self.rows.append((int(age[1]), household, building, needs))

    def _needs(self, line: int, cells: Mapping[str, str]) -> int:
        mask = 0
        for word in re.split(r"[|;；、，,/]", cells.get("needs", "")):
            name = word.strip().casefold()
            if name in _NEED_CODES:
                mask |= 1 << _NEED_CODES[name]
            elif name and name not in ("无", "none", "0"):
                self.problems.add(
                    line, say("input.register.need", known=", ".join(CATEGORIES), near=_near(name))
                )
        for number, name in self.marks:
            mark = _MARKS.get(cells[name].casefold())
            if mark is None:
                self.problems.add(line, say("input.register.mark", name=name))
            mask |= bool(mark) << number
        return mask


def _near(word: str) -> str:
    """Name the category a word is nearest to; the word itself is personal data and stays unsaid."""
    near = difflib.get_close_matches(word[:100], [*_NEED_CODES], 1)
    if not near:
        return ""
    name = CATEGORIES[_NEED_CODES[near[0]]]
    return say("sign.clause") + say("errors.did_you_mean", name=name)


def read_register(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
    typed: bool = True,
) -> Register:
    """Read a resident register (CSV or CSV.gz) whole.

    Parameters
    ----------
    columns
        id, age, household, building, needs or a category -> header in the file; only where the
        usual names (also 编号, 年龄, 户号, 楼栋, 需求) do not fit. Any other column is not kept.
    encoding
        "gb18030" for a file saved by Excel in Chinese without choosing UTF-8.
    typed
        Whether remedies may name options of the command line.

    Raises
    ------
    InputError
        With every problem found: file, line, column, remedy - and no content of any cell.
    """
    problems = Problems(path, typed)
    data = read_file(path, problems)
    text = decoded(unpacked(data, problems), problems, encoding)
    rows = records(text, guessed_delimiter(text), problems)
    header = next(rows, None)
    if header is None:
        raise problems.refuse(None, say("input.only_separators"))
    places = find_columns(header, COLUMNS, columns, problems, private=True)
    if "needs" in places and any(name in places for name in CATEGORIES):
        problems.add(header.line, say("input.register.two_ways"))
    problems.raise_any()
    reader = _RegisterReader(problems, places, len(header.cells))
    for row in rows:
        reader.read(row)
    problems.raise_any()
    if not reader.rows:
        raise problems.refuse(header.line + 1, say("input.register.nobody"))
    table = np.array(reader.rows, dtype=np.int64)
    told = "needs" in places or bool(reader.marks)
    return Register(
        ages=table[:, 0].astype(np.int16), household=table[:, 1].astype(np.int32),
        building=table[:, 2].astype(np.int32),
        needs=table[:, 3].astype(np.uint8) if told else None,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def named_register(named: Named) -> Register:
    """Read the register a scenario names, and make sure that it is the one it was written with.

    Raises
    ------
    InputError
        When it is gone, has changed, cannot be read, or has another number of residents.
    """
    trouble = register_trouble(named)
    if trouble is None:
        register = read_register(named.path, named.columns or None, named.encoding)
        if register.n_residents == named.residents:
            return register
        trouble = say("errors.register_rows", path=named.path, rows=register.n_residents,
                      residents=named.residents)
    raise InputError(f"world.resident_register: {trouble}")


def register_fragment(
    path: str | Path,
    register: Register,
    columns: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
) -> dict[str, Any]:
    """Give the piece of a scenario that names a register: path, hash and number of residents.

    Parameters
    ----------
    columns, encoding
        As given to `read_register`; written down where they are needed to read the file again.
    """
    section: dict[str, Any] = {"path": str(path), "sha256": register.sha256,
                               "residents": register.n_residents}
    if encoding != "utf-8":
        section["encoding"] = encoding
    if columns:
        section["columns"] = dict(columns)
    return {"world": {"residents": register.n_residents, "resident_register": section}}
