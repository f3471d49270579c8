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
from linkage_sim.words import say

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
    def currency(self) -> str:
        """Currency of costs and budget as the file names it; empty when it does not."""
        return self.meta.get("currency", "").strip()

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
                told = say("input.section_twice", name=title.upper())
                raise problems.refuse(row.line, told)
            rows = sections[title.upper()] = []
        elif rows is None:
            raise problems.refuse(row.line, say("input.not_pabulib"))
        else:
            rows.append(row)
    for name in SECTIONS:
        if len(sections.get(name, ())) < 2:
            key = "input.section_empty" if name in sections else "input.section_missing"
            problems.add(None, say(key, name=name))
    problems.raise_any()
    return sections


def _meta(rows: list[Row], problems: Problems) -> tuple[dict[str, str], dict[str, int]]:
    meta: dict[str, str] = {}
    lines: dict[str, int] = {}
    for row in rows[1:]:
        if len(row.cells) < 2 or any(cell.strip() for cell in row.cells[2:]):
            problems.add(row.line, say("input.meta_cells", count=len(row.cells)))
            continue
        key = row.cells[0].strip()
        if key in meta:
            problems.add(row.line, say("input.given_twice", name=quoted(key)))
        meta[key], lines[key] = row.cells[1].strip(), row.line
    if "budget" not in meta:
        problems.add(rows[0].line, say("input.no_budget"))
    elif _money(meta["budget"]) is None:
        problems.add(lines["budget"], say("input.budget", found=quoted(meta["budget"])))
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
        problems.add(rows[0].line, say("input.header_twice", name=quoted(name)))
    missing = [name for name in needed if name not in header]
    if missing:
        names = say("input.and_no_column").join(missing)
        problems.add(rows[0].line, say("input.header_missing", names=names))
        return
    first_line: dict[str, int] = {}
    for row in rows[1:]:
        if not full_row(row, len(header), problems):
            continue
        cells = dict(zip(header, (cell.strip() for cell in row.cells), strict=True))
        key = cells[unique]
        if not key:
            problems.add(row.line, say("input.cell_empty", name=unique))
        elif key in first_line:
            problems.add(row.line, say(
                "input.id_twice", name=unique, found=quoted(key), line=first_line[key]
            ))
        first_line.setdefault(key, row.line)
        yield row.line, cells


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _projects(rows: list[Row], problems: Problems) -> Iterator[Project]:
    for line, cells in _tables(rows, ("project_id", "cost"), "project_id", problems):
        cost = _money(cells["cost"])
        if cost is None:
            problems.add(line, say("input.cost", found=quoted(cells["cost"])))
        if "," in cells["project_id"]:
            problems.add(line, say("input.comma_in_id"))
        for name in ("votes", "selected"):
            if cells.get(name) and _whole(cells[name]) is None:
                problems.add(line, say("input.whole", name=name, found=quoted(cells[name])))
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
                problems.add(line, say("input.ballot_unknown", found=quoted(name)))
        if len(set(ballot)) < len(ballot):
            problems.add(line, say("input.ballot_twice"))
        other = {name: cell for name, cell in cells.items()
                 if name not in {"voter_id", "vote", "age", "sex"}}
        age = _whole(cells.get("age", ""))
        if cells.get("age") and _AGE_RANGE.fullmatch(cells["age"]):
            other["age"] = cells["age"]
        elif cells.get("age") and (age is None or age > OLDEST):
            problems.add(line, say(
                "input.voter_age", found=quoted(cells["age"]), oldest=OLDEST
            ))
        yield Voter(cells["voter_id"], ballot, age, cells.get("sex", ""), other)


def _check_counts(meta: Mapping[str, str], lines: Mapping[str, int], n_projects: int,
                  n_voters: int, problems: Problems) -> None:
    for key, found, section in (("num_projects", n_projects, "PROJECTS"),
                                ("num_votes", n_voters, "VOTES")):
        if not meta.get(key):
            continue
        stated = _whole(meta[key])
        if stated is None:
            problems.add(lines[key], say("input.count_number", name=key, found=quoted(meta[key])))
        elif stated != found:
            problems.add(lines[key], say(
                "input.count_differs", name=key, stated=stated, section=section, found=found
            ))
