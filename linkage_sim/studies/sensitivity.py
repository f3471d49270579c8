"""Sensitivity studies: which assumptions move the outcomes, and how sure that is.

The runs are those of a sweep, with its promises: the same command goes on where it stopped, and a
failed run is a row. What is computed from them lies beside them, under the same manifest.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.studies.designs import Points
from linkage_sim.studies.discovery import (
    Discovery,
    Event,
    boxes_table,
    conclusions,
    discovered,
    event_of,
)
from linkage_sim.studies.indices import (
    FINE,
    doubts,
    morris_indices,
    sobol_indices,
    state_of,
)
from linkage_sim.studies.point_values import (
    Quantity,
    group_means,
    quantities,
    size_of,
    used_shares,
)
from linkage_sim.studies.results import load_provenance
from linkage_sim.studies.salib_points import MORRIS, SALTELLI, salib_seed
from linkage_sim.studies.study import Study
from linkage_sim.studies.study_record import study_from

if TYPE_CHECKING:
    import pandas as pd

    from linkage_sim.studies.export import Adding

EVENTS = "discover"
"""Where provenance keeps the events that were asked for; it is there in every sensitivity study."""
LABELS = ("scenario", "baseline", "outcome", "parameter")
MORRIS_COLUMNS = ("mu_star", "mu_star_low", "mu_star_high", "mu", "sigma", "noise")
SOBOL_COLUMNS = ("st", "st_low", "st_high", "s1", "s1_low", "s1_high")
TOLD = ("state", "mean", "sd", "groups", "dropped", "failed_points", "noise_share", "doubts")
"""Of the whole quantity, repeated in each of its rows."""
Row = dict[str, Any]


def main_column(design: str) -> str:
    """Name the column by which parameters are ranked."""
    return "mu_star" if design == MORRIS else "st"


def indices_table(rows: pd.DataFrame, study: Study, points: Points) -> pd.DataFrame:
    """Compute the indices of every quantity of a Morris or Sobol study.

    Replications are averaged first. A group with a point that has no value is left out and
    counted; so nothing undefined enters an index.

    Parameters
    ----------
    rows
        Outcomes of the finished runs, as a sweep writes them.

    Returns
    -------
    pandas.DataFrame
        One row a quantity and parameter, the largest first: scenario, baseline (empty where the
        outcome itself is analysed, not its difference), outcome, parameter, rank, the indices with
        intervals; state (fine, no variation, too few groups), mean and standard deviation over
        points, groups used, dropped, points with a failed run, the share of chance in the variance
        of point means, and what speaks for too few samples.
    """
    import pandas as pd

    found: list[Row] = []
    for quantity in quantities(rows, study, points):
        found += _rows_of(quantity, study, points)
    own = MORRIS_COLUMNS if study.design == MORRIS else SOBOL_COLUMNS
    return pd.DataFrame(found, columns=[*LABELS, "rank", *own, *TOLD])


def _rows_of(quantity: Quantity, study: Study, points: Points) -> list[Row]:
    size = size_of(study)
    means = group_means(quantity.values, size)
    state = state_of(means)
    names = [item.name for item in study.factors]
    label: Row = {"scenario": quantity.scenario, "baseline": quantity.baseline,
                  "outcome": quantity.outcome}
    values = means.means
    told: Row = {
        "state": state, "mean": float(values.mean()) if values.size else float("nan"),
        "sd": float(values.std(ddof=1)) if values.size > 1 else float("nan"),
        "groups": len(means.used), "dropped": means.dropped, "failed_points": quantity.failed,
        "noise_share": means.noise_share, "doubts": "",
    }
    if state != FINE:
        return [{**label, "parameter": name, "rank": 0, **told} for name in names]
    seed = salib_seed(study.seed, "bootstrap")
    if study.design == MORRIS:
        columns = morris_indices(means, used_shares(points, means.used, size), seed)
    else:
        columns = sobol_indices(means, len(names), seed)
        told["doubts"] = " ".join(doubts(columns))
    ranked = sorted(
        range(len(names)), key=lambda at: (-columns[main_column(study.design)][at], names[at])
    )
    return [
        {**label, "parameter": names[at], "rank": rank,
         **{name: float(column[at]) for name, column in columns.items()}, **told}
        for rank, at in enumerate(ranked, start=1)
    ]


class Findings:
    """What a sensitivity study found.

    Attributes
    ----------
    indices
        As `indices_table` gives it; None for a latin hypercube.
    conclusions
        Over which share of the space each reform improves each outcome; None for Morris.
    discoveries
        Where each event that was asked for happens.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.indices: pd.DataFrame | None = None
        self.conclusions: pd.DataFrame | None = None
        self.discoveries: list[Discovery] = []

    def tables(self) -> dict[str, pd.DataFrame]:
        """Give the tables that are written, by name."""
        found = {"sensitivity": self.indices, "conclusions": self.conclusions}
        if self.discoveries:
            found["boxes"] = boxes_table(self.discoveries)
        return {name: table for name, table in found.items() if table is not None}


def analysed(
    rows: pd.DataFrame, study: Study, blocks: Sequence[int], events: Sequence[Event] = ()
) -> Findings:
    """Compute everything there is to say of the finished runs of a study.

    Parameters
    ----------
    blocks
        The samples its points were drawn in.
    events
        Under which assumptions does this happen?
    """
    points = Points(study, blocks)
    found = Findings(study)
    if study.design in (MORRIS, SALTELLI):
        found.indices = indices_table(rows, study, points)
    if study.design != MORRIS:
        found.conclusions = conclusions(rows, study, points)
        found.discoveries = [discovered(rows, study, points, event) for event in events]
    return found


def analysed_again(place: Path, events: Sequence[Event] = ()) -> Findings:
    """Compute the findings from a finished results directory, also of an earlier version."""
    import pandas as pd

    record = load_provenance(place)
    held = {**record["study"], "scenarios": record["scenarios"]}
    rows = pd.read_parquet(place / "outcomes.parquet")
    return analysed(rows, study_from(held), held["blocks"], events)


def writer_again(study: Study, record: Row) -> Adding | None:
    """Make what repeats the findings of a directory, from its provenance; None for a sweep."""
    texts = record["study"].get(EVENTS)
    if texts is None:
        return None
    return writer(study, [event_of(text, study) for text in texts], lambda *_: None)


def writer(
    study: Study, events: Sequence[Event], then: Callable[[Findings, Path, Row], None]
) -> Adding:
    """Make the function that adds the findings to the tables of a finished sweep.

    Parameters
    ----------
    then
        Called with the findings, the folder and the provenance, for pictures.
    """
    def add(beside: Path, provenance: Row) -> None:
        import pandas as pd

        rows = pd.read_parquet(beside / "outcomes.parquet")
        found = analysed(rows, study, provenance["study"]["blocks"], events)
        provenance["study"][EVENTS] = [event.text for event in events]
        for name, table in found.tables().items():
            table.to_parquet(beside / f"{name}.parquet", index=False)
            text = table.to_csv(index=False)
            mark = b"" if text.isascii() else codecs.BOM_UTF8
            (beside / f"{name}.csv").write_bytes(mark + text.encode())
        then(found, beside, provenance)

    return add
