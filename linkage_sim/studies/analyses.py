"""Computes what an experiment asks for beside means: tables by name, each from runs alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from linkage_sim.studies.basins import paths_table, states_table
from linkage_sim.studies.city_spread import (
    communities_table,
    districts_table,
    inequality_table,
    over_seeds,
)
from linkage_sim.studies.coalitions import (
    coalitions_table,
    effects_table,
    orders_table,
    pairs_table,
)
from linkage_sim.studies.designs import Points
from linkage_sim.studies.discovery import event_of
from linkage_sim.studies.experiment import Experiment
from linkage_sim.studies.experiment_file import AnalysisEntry
from linkage_sim.studies.point_values import gathered
from linkage_sim.studies.regret import front_table, regret_table
from linkage_sim.studies.results import load_provenance, load_results
from linkage_sim.studies.sensitivity import analysed

if TYPE_CHECKING:
    import pandas as pd

Tables = dict[str, "pd.DataFrame"]
Known = Mapping[str, "pd.DataFrame"]


def analysis_tables(
    entry: AnalysisEntry, experiment: Experiment, place: Path, outcomes: Known, years: Known
) -> Tables:
    """Compute the tables of one analysis.

    Parameters
    ----------
    place
        Holds the sweep of each study in a folder of its name.
    outcomes, years
        Study -> its runs, and its runs by year.

    Returns
    -------
    dict of name -> table
        The name of the study stands behind where several analyses are of one kind.
    """
    found = _KINDS[entry.kind](entry, experiment, place, outcomes, years)
    alike = [item for item in experiment.written.analyses if item.kind == entry.kind]
    if len(alike) == 1:
        return found
    return {f"{name}_{entry.study}": table for name, table in found.items()}


def _of_coalitions(
    entry: AnalysisEntry, experiment: Experiment, place: Path, outcomes: Known, years: Known
) -> Tables:
    rows, members, wanted = outcomes[entry.study], entry.members, entry.outcomes
    return {
        "effects": effects_table(rows, members, wanted),
        "coalitions": coalitions_table(rows, members, wanted),
        "orders": orders_table(rows, members, wanted[:1]),
        "pairs": pairs_table(rows, members, wanted),
    }


def _of_regret(
    entry: AnalysisEntry, experiment: Experiment, place: Path, outcomes: Known, years: Known
) -> Tables:
    study = experiment.studies[entry.study]
    blocks = load_provenance(place / entry.study)["study"]["blocks"]
    rows = outcomes[entry.study]
    found = analysed(rows, study, blocks, [event_of(text, study) for text in entry.discover])
    values, _ = gathered(rows, study, Points(study, blocks))
    kept = [study.outcomes.index(name) for name in entry.outcomes]
    tables = {
        "regret": regret_table(values[..., kept], study.names, entry.outcomes),
        "front": front_table(values, study.names, study.outcomes),
    }
    if found.conclusions is not None:
        tables["conclusions"] = found.conclusions.rename(
            columns={"share": "value", "points": "n"}
        )
    if "boxes" in found.tables():
        tables["boxes"] = found.tables()["boxes"]
    return tables


def _of_basins(
    entry: AnalysisEntry, experiment: Experiment, place: Path, outcomes: Known, years: Known
) -> Tables:
    rows, wanted = years[entry.study], entry.outcomes
    return {"paths": paths_table(rows, wanted), "states": states_table(rows, wanted)}


def _of_city(
    entry: AnalysisEntry, experiment: Experiment, place: Path, outcomes: Known, years: Known
) -> Tables:
    study = experiment.studies[entry.study]
    projects = load_results(place / entry.study, "projects")
    communities = communities_table(projects, outcomes[entry.study], study.scenarios[0])
    return {"inequality": inequality_table(communities),
            "districts": districts_table(communities, study.names[0]),
            "communities": over_seeds(communities)}


_KINDS: dict[str, Callable[[AnalysisEntry, Experiment, Path, Known, Known], Tables]] = {
    "coalitions": _of_coalitions, "regret": _of_regret, "basins": _of_basins, "city": _of_city,
}
