"""Reads a participatory-budget election in the .pb format of Pabulib: rules, projects, ballots.

Source: Stolicki, Szufa and Talmon 2020, Pabulib: a participatory budgeting library,
arXiv 2012.06539.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from linkage_sim.inputs.candidates import (
    CATEGORY_OF,
    category_of,
    unmapped_projects,
    vote_fragment,
)
from linkage_sim.inputs.problems import Problems, quoted
from linkage_sim.inputs.tables import Row, decoded, full_row, read_file, records, unpacked

__all__ = [
    "CATEGORY_OF",
    "Election",
    "Project",
    "Voter",
    "category_of",
    "read_election",
    "unmapped_projects",
    "vote_fragment",
]
SECTIONS = ("META", "PROJECTS", "VOTES")
OLDEST = 120
_AGE_RANGE = re.compile(r"\d{1,3}\s*(?:-\s*\d{1,3}|\+)")


@dataclass(frozen=True)
class Project:
    """One project that was put to the vote.

    Parameters
    ----------
    cost
        In the election's currency, above 0.
    votes
        Votes as published, None when the file does not say.
    selected
        Whether it was officially funded, None when the file does not say.
    other
        Any further column of the file, as text.
    """

    id: str
    cost: float
    votes: int | None
    name: str
    categories: tuple[str, ...]
    target_groups: tuple[str, ...]
    selected: bool | None
    other: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class Voter:
    """One ballot: the ids a voter named, in the voter's order, and what is known of the voter.

    Parameters
    ----------
    age
        Years, None when not given; an age range stays in `other["age"]`.
    """

    id: str
    ballot: tuple[str, ...]
    age: int | None
    sex: str
    other: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class Election:
    """One election as its file tells it."""

    path: str
    meta: Mapping[str, str]
    projects: tuple[Project, ...]
    voters: tuple[Voter, ...]

    def __repr__(self) -> str:
        return (f"Election({self.path!r}, projects={len(self.projects)}, "
                f"voters={len(self.voters)}, budget={self.budget:g})")

    @property
    def budget(self) -> float:
        """Money to be shared out, in the election's currency."""
        return float(self.meta["budget"])

    @property
    def costs(self) -> dict[str, float]:
        """Cost of each project by id, in the order of the file."""
        return {project.id: project.cost for project in self.projects}

    @property
    def ballots(self) -> list[list[str]]:
        """Ids each voter named, one list a voter."""
        return [list(voter.ballot) for voter in self.voters]

    @property
    def official_winners(self) -> list[str]:
        """Ids officially funded, in the order of the file; empty when the file does not say."""
        return [project.id for project in self.projects if project.selected]


def read_election(path: str | Path, encoding: str = "utf-8") -> Election:
    """Read a .pb file whole.

    Raises
    ------
    InputError
        With every problem found: file, line, what was found, remedy. A file whose counts differ
        from `num_projects` or `num_votes` is taken for cut off.
    """
    problems = Problems(path)
    text = decoded(unpacked(read_file(path, problems), problems), problems, encoding)
    sections = _split(text, problems)
    meta, meta_lines = _meta(sections["META"], problems)
    projects = tuple(_projects(sections["PROJECTS"], problems))
    # Of a project table with faults every mention in a ballot would look like a fault as well.
    ids = None if problems.count else {project.id for project in projects}
    voters = tuple(_voters(sections["VOTES"], ids, problems))
    if not problems.count:
        _check_counts(meta, meta_lines, len(projects), len(voters), problems)
    problems.raise_any()
    return Election(str(path), meta, projects, voters)


def _split(text: str, problems: Problems) -> dict[str, list[Row]]:
    sections: dict[str, list[Row]] = {}
    rows: list[Row] | None = None
    for row in records(text, ";", problems):
        title = row.cells[0].strip()
        # A heading may carry empty cells when the file went through a spreadsheet.
        if title.upper() in SECTIONS and not any(cell.strip() for cell in row.cells[1:]):
            if title.upper() in sections:
                raise problems.refuse(row.line, f"section {title.upper()} begins a second time; "
                                                "one file holds one election")
            rows = sections[title.upper()] = []
        elif rows is None:
            raise problems.refuse(row.line, "the file must begin with the section META; is this "
                                            "a Pabulib (.pb) file?")
        else:
            rows.append(row)
    for name in SECTIONS:
        if len(sections.get(name, ())) < 2:
            state = "holds no rows" if name in sections else "is missing"
            problems.add(None, f"section {name} {state}; the file may be cut off: download it "
                               "again")
    problems.raise_any()
    return sections


def _meta(rows: list[Row], problems: Problems) -> tuple[dict[str, str], dict[str, int]]:
    meta: dict[str, str] = {}
    lines: dict[str, int] = {}
    for row in rows[1:]:
        if len(row.cells) < 2 or any(cell.strip() for cell in row.cells[2:]):
            problems.add(row.line, f"{len(row.cells)} cells where META has a name and a value; put "
                                   "a value that holds ';' in quotes")
            continue
        key = row.cells[0].strip()
        if key in meta:
            problems.add(row.line, f"{quoted(key)} is given twice; delete one")
        meta[key], lines[key] = row.cells[1].strip(), row.line
    if "budget" not in meta:
        problems.add(rows[0].line, "META has no budget; add a line 'budget;...'")
    elif _money(meta["budget"]) is None:
        problems.add(lines["budget"], f"budget {quoted(meta['budget'])} is not a number above 0; "
                                      "write 1234.50")
    return meta, lines


def _money(text: str) -> float | None:
    """Read an amount above 0 written with a decimal point, None for anything else."""
    try:
        amount = float(text)
    except ValueError:
        return None
    return amount if math.isfinite(amount) and amount > 0 and "_" not in text else None


def _whole(text: str) -> int | None:
    """Read a whole number of at most nine digits, None for anything else."""
    return int(text) if re.fullmatch(r"\d{1,9}", text) else None


def _tables(rows: list[Row], needed: tuple[str, ...], unique: str,
            problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the full rows of a section with their line, as header -> cell; ids checked."""
    header = [cell.strip().casefold() for cell in rows[0].cells]
    for name in sorted({name for name in header if name and header.count(name) > 1}):
        problems.add(rows[0].line, f"two columns are called {quoted(name)}; delete or rename one")
    missing = [name for name in needed if name not in header]
    if missing:
        problems.add(rows[0].line, f"no column {' and no column '.join(missing)}; add it")
        return
    first_line: dict[str, int] = {}
    for row in rows[1:]:
        if not full_row(row, len(header), problems):
            continue
        cells = dict(zip(header, (cell.strip() for cell in row.cells), strict=True))
        key = cells[unique]
        if not key:
            problems.add(row.line, f"no {unique}; fill it in")
        elif key in first_line:
            problems.add(row.line, f"{unique} {quoted(key)} was used in line {first_line[key]}; "
                                   "every one must be different")
        first_line.setdefault(key, row.line)
        yield row.line, cells


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _projects(rows: list[Row], problems: Problems) -> Iterator[Project]:
    for line, cells in _tables(rows, ("project_id", "cost"), "project_id", problems):
        cost = _money(cells["cost"])
        if cost is None:
            problems.add(line, f"cost {quoted(cells['cost'])} is not a number above 0; write "
                               "1234.50")
        if "," in cells["project_id"]:
            problems.add(line, "a comma in project_id; ballots could not name this project")
        for name in ("votes", "selected"):
            if cells.get(name) and _whole(cells[name]) is None:
                problems.add(line, f"{name} {quoted(cells[name])} is not a whole number of 0 or "
                                   "more; correct it or leave it empty")
        chosen = _whole(cells.get("selected", ""))
        known = {"project_id", "cost", "votes", "name", "category", "target", "beneficiaries",
                 "selected"}
        yield Project(
            id=cells["project_id"], cost=cost or math.nan, votes=_whole(cells.get("votes", "")),
            name=cells.get("name", ""), categories=_list(cells.get("category", "")),
            target_groups=_list(cells.get("target") or cells.get("beneficiaries", "")),
            selected=None if chosen is None else chosen == 1,
            other={name: cell for name, cell in cells.items() if name not in known},
        )


def _voters(rows: list[Row], ids: set[str] | None, problems: Problems) -> Iterator[Voter]:
    for line, cells in _tables(rows, ("voter_id", "vote"), "voter_id", problems):
        ballot = _list(cells["vote"])
        for name in dict.fromkeys(ballot):
            if ids is not None and name not in ids:
                problems.add(line, f"the ballot names project {quoted(name)}, which PROJECTS does "
                                   "not list; add the project or correct the ballot")
        if len(set(ballot)) < len(ballot):
            problems.add(line, "the ballot names a project twice; name it once")
        other = {name: cell for name, cell in cells.items()
                 if name not in {"voter_id", "vote", "age", "sex"}}
        age = _whole(cells.get("age", ""))
        if cells.get("age") and _AGE_RANGE.fullmatch(cells["age"]):
            other["age"] = cells["age"]
        elif cells.get("age") and (age is None or age > OLDEST):
            problems.add(line, f"age {quoted(cells['age'])} is not a whole number from 0 to "
                               f"{OLDEST}; correct it or leave it empty")
        yield Voter(cells["voter_id"], ballot, age, cells.get("sex", ""), other)


def _check_counts(meta: Mapping[str, str], lines: Mapping[str, int], n_projects: int,
                  n_voters: int, problems: Problems) -> None:
    for key, found, section in (("num_projects", n_projects, "PROJECTS"),
                                ("num_votes", n_voters, "VOTES")):
        if not meta.get(key):
            continue
        stated = _whole(meta[key])
        if stated is None:
            problems.add(lines[key], f"{key} {quoted(meta[key])} is not a whole number; correct it")
        elif stated != found:
            problems.add(lines[key], f"{key} says {stated}, section {section} holds {found}; the "
                                     "file may be cut off: download it again or correct the number")
