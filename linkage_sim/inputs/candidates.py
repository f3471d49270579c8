"""Turns the projects of a participatory-budget election into candidates for our vote."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.scenario.fields import CATEGORIES
from linkage_sim.words import say

if TYPE_CHECKING:
    from linkage_sim.inputs.pabulib import Election, Project

# What Pabulib calls a category -> our category of need. A judgement, meant to be overridden:
# - education: in the Warsaw files classes and equipment of schools, libraries, playgroups;
# - sport: open-air gyms and classes for everyone, so recreation rather than health;
# - streets, public space, greenery: our "environment and safety";
# - welfare: help for persons in a hard situation, so hardship and disability relief.
# Nothing here maps to elder care, employment or mediation: Pabulib has no such category.
CATEGORY_OF: dict[str, str] = {
    "education": "child_family",
    "health": "health",
    "welfare": "hardship",
    "culture": "culture",
    "sport": "culture",
    "public space": "environment",
    "public transit and roads": "environment",
    "urban greenery": "environment",
    "environmental protection": "environment",
}
YUAN = ("cny", "rmb", "yuan", "cnh", "元", "人民币", "人民币元")
DEAREST_YUAN = 1e9
LONGEST_ID, LONGEST_NAME = 80, 400


def _table(override: Mapping[str, str] | None) -> dict[str, str]:
    table = dict(CATEGORY_OF)
    wrong = []
    for name, need in (override or {}).items():
        if not need.strip():
            table.pop(str(name).strip().casefold(), None)
            continue
        table[str(name).strip().casefold()] = need
        if need not in CATEGORIES:
            wrong.append(say(
                "input.category", found=need, name=name, known=", ".join(CATEGORIES)
            ))
    if wrong:
        raise InputError(wrong)
    return table


def category_of(project: Project, override: Mapping[str, str] | None = None) -> str | None:
    """Give the category of need of a project: the first of its categories that maps.

    Parameters
    ----------
    override
        Category in the file -> category of need; added to `CATEGORY_OF` and stronger. An empty
        need passes a category over, so that another one of the project counts.

    Returns
    -------
    str or None
        None when no category of the project maps.
    """
    return next(iter(_needs(project, _table(override))), None)


def _needs(project: Project, table: Mapping[str, str]) -> list[str]:
    """List the needs the categories of a project map to, each once, in the order of the file."""
    names = [name.casefold() for name in project.categories]
    return list(dict.fromkeys(table[name] for name in names if name in table))


def mapping_summary(
    elections: Sequence[Election], override: Mapping[str, str] | None = None
) -> list[str]:
    """Say which category became which need, and how often the order in the file decided."""
    table = _table(override)
    projects = [project for election in elections for project in election.projects]
    used = dict.fromkeys(name.casefold() for project in projects for name in project.categories
                         if name.casefold() in table)
    lines = [say("input.votes.mapped",
                 pairs=", ".join(f"{name}={table[name]}" for name in sorted(used)))]
    several = [needs[0] for needs in (_needs(project, table) for project in projects)
               if len(needs) > 1]
    if several:
        taken = Counter(several).most_common()
        lines.append(say(
            "input.votes.several", count=len(several), total=len(projects),
            taken=", ".join(f"{need} {count}" for need, count in taken),
        ))
    return lines


def money_summary(elections: Sequence[Election], yuan_per_unit: float | None) -> list[str]:
    """Say in which currency costs stand and at which rate they became yuan; None: no rate given."""
    currencies = list(dict.fromkeys(election.currency for election in elections))
    lines = []
    if len(currencies) > 1:
        named = ", ".join(name or say("input.votes.unnamed") for name in currencies)
        lines.append(say("input.votes.currencies", names=named))
    for name in currencies:
        unit = name or say("input.votes.unit")
        if yuan_per_unit is not None:
            lines.append(say("input.votes.rate", unit=unit, rate=f"{yuan_per_unit:.10g}"))
        elif name.casefold() in YUAN:
            lines.append(say("input.votes.yuan", unit=unit))
        elif name:
            lines.append(say("input.votes.one_to_one", unit=unit))
        else:
            lines.append(say("input.votes.no_currency"))
    return lines


def unmapped_projects(
    election: Election, override: Mapping[str, str] | None = None
) -> dict[str, tuple[str, ...]]:
    """List the projects left out because no category of theirs maps: id -> its categories."""
    return {project.id: project.categories for project in election.projects
            if category_of(project, override) is None}


def vote_fragment(
    election: Election,
    yuan_per_unit: float = 1.0,
    override: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Give the projects of an election as `world.candidates`; unmapped ones are left out.

    Parameters
    ----------
    yuan_per_unit
        Yuan for one unit of the election's currency, above 0.
    override
        Category in the file -> category of need, where `CATEGORY_OF` does not fit.

    Raises
    ------
    InputError
        For a factor that is not above 0, an unknown category of need, a cost outside the range
        of a scenario, or an election of which nothing maps.
    """
    if not (math.isfinite(yuan_per_unit) and yuan_per_unit > 0):
        raise InputError(say("input.yuan_per_unit", found=yuan_per_unit))
    wrong, candidates = [], []
    for project in election.projects:
        category = category_of(project, override)
        if category is None:
            continue
        cost = project.cost * yuan_per_unit
        if not 0.005 <= cost <= DEAREST_YUAN:
            told = say("input.cost_range", id=project.id[:LONGEST_ID], cost=f"{cost:g}",
                       dearest=f"{DEAREST_YUAN:,.0f}")
            wrong.append(f"{election.path}: {told}")
        if len(project.id) > LONGEST_ID:
            told = say("input.long_id", id=project.id[:20], longest=LONGEST_ID)
            wrong.append(f"{election.path}: {told}")
        candidate = {"id": project.id, "category": category, "cost_yuan": round(cost, 2)}
        if project.name:
            candidate["name"] = project.name[:LONGEST_NAME]
        candidates.append(candidate)
    if not candidates:
        example = "override={'category in the file': 'category of need'}"
        named = dict.fromkeys(name for project in election.projects for name in project.categories)
        told = say("input.nothing_maps", example=example,
                   found=", ".join(list(named)[:20]) or "-")
        wrong.append(f"{election.path}: {told}")
    if wrong:
        raise InputError(wrong)
    return {"world": {"candidates": candidates}}
