"""One run: a scenario and a seed in, outcomes and tables out."""

from __future__ import annotations

import contextlib
import gc
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.scenario.fields import CATEGORIES
from linkage_sim.scenario.memory import free_bytes, needed_bytes
from linkage_sim.scenario.schema import Scenario
from linkage_sim.scenario.seeds import whole_seed
from linkage_sim.studies.faults import plugin_fault
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd

    from linkage_sim.model import LinkageModel
    from linkage_sim.projects import ContractRecord, File
    from linkage_sim.studies.checkpoint import Checkpoint

WEEKS_PER_YEAR = 52
Nan = float("nan")
Row = dict[str, Any]


@dataclass
class Result:
    """What one run brought; the model itself is gone.

    Attributes
    ----------
    outcomes : dict name -> number
        Over all reported years; undefined ones are NaN.
    years, weeks, projects, journal : pandas.DataFrame
        Made when first asked for. Years count from 1, without warm-up; `weeks` has one row a week
        only when `run.record_weeks` is set, else one a year; the journal is empty without trace.
    problems : list of str
        Conservation laws found broken (only looked for when `run.check` is set).
    """

    seed: int
    outcomes: dict[str, float]
    year_rows: list[Row] = field(repr=False)
    project_rows: list[Row] = field(repr=False)
    week_rows: list[Row] = field(repr=False)
    journal_rows: list[Row] = field(repr=False)
    problems: list[str] = field(default_factory=list)

    @cached_property
    def years(self) -> pd.DataFrame:
        """One row a reported year: column `year`, then every outcome."""
        import pandas as pd

        return pd.DataFrame(self.year_rows)

    @cached_property
    def projects(self) -> pd.DataFrame:
        """One row a file submitted in reported years, with what became of it."""
        return project_table(self.project_rows)

    @cached_property
    def weeks(self) -> pd.DataFrame:
        """What Mesa's DataCollector kept."""
        import pandas as pd

        return pd.DataFrame(self.week_rows)

    @cached_property
    def journal(self) -> pd.DataFrame:
        """What happened to each project, in order."""
        import pandas as pd

        return pd.DataFrame(
            self.journal_rows, columns=["order", "day", "project", "event", "facts"]
        )


def simulate(
    scenario: Scenario | None = None,
    seed: int = 1,
    *,
    trace: bool | None = None,
    progress: Callable[[int, int], None] | None = None,
    checkpoint: Checkpoint | None = None,
) -> Result:
    """Run a scenario once.

    Parameters
    ----------
    scenario
        What to simulate; X Community if left out.
    seed
        Whole number, 0 or more; the same scenario and seed give the same numbers, bit for bit.
    trace
        Keep the journal, whatever `run.trace` says.
    progress
        Called with (weeks done, weeks in all) after each week.
    checkpoint
        Where the state is kept after each year, and from where a stopped run goes on.

    Raises
    ------
    InputError
        When a register cannot be read, the scenario needs more memory than is free, or the seed is
        no whole number from 0 to 2**63 - 1.
    PluginError
        When a class that the scenario brings along fails; its cause is what was raised.
    """
    plan, seed = scenario if scenario is not None else Scenario(), whole_seed(seed)
    if trace is not None and trace != plan.run.trace:
        plan = plan.with_values({"run.trace": trace})
    _refuse_too_large(plan)
    try:
        with _without_collector():
            return _simulate(plan, seed, progress, checkpoint)
    except (InputError, MemoryError):
        raise
    except (Exception, SystemExit) as error:
        fault = plugin_fault(error, plan)
        if fault is None:
            raise
        raise fault from error


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Keep Python from looking for circles of dead objects during a run.

    A run leaves next to none before its end, and the search goes through every object of every
    library that is loaded: a seventh of the time of a small run.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _simulate(
    plan: Scenario, seed: int, progress: Callable[[int, int], None] | None,
    checkpoint: Checkpoint | None,
) -> Result:
    from linkage_sim.model import LinkageModel

    kept = checkpoint.load() if checkpoint is not None else None
    model, problems = kept or (LinkageModel(plan, seed=seed), [])
    try:
        if kept and progress is not None:
            progress(model.week, model.weeks)
        while model.week < model.weeks:
            model.step()
            if model.week % WEEKS_PER_YEAR == 0:
                if plan.run.check:
                    problems += _broken_laws(model)
                if checkpoint is not None and model.week < model.weeks:
                    checkpoint.keep(model, problems)
            if progress is not None:
                progress(model.week, model.weeks)
        return _result_of(model, problems)
    finally:
        model.release()


def _refuse_too_large(plan: Scenario) -> None:
    needed, free = needed_bytes(plan.world.residents), free_bytes()
    if free is not None and needed > free:
        text = say(
            "errors.memory", residents=f"{plan.world.residents:,}",
            needed=f"{needed / 1e9:.1f}", free=f"{free / 1e9:.1f}",
        )
        raise InputError(f"world.residents: {text}")


def _broken_laws(model: LinkageModel) -> list[str]:
    from linkage_sim.conservation import check

    year = model.week // WEEKS_PER_YEAR
    return [say("study.law_year", year=year, problem=problem) for problem in check(model)]


def _result_of(model: LinkageModel, problems: list[str]) -> Result:
    from linkage_sim.outcomes import measure

    facts = model.facts()
    first = facts.years.start
    years: list[Row] = [
        {"year": year - first + 1, **measure(facts, [year])} for year in facts.years
    ]
    return Result(
        seed=model.seed,
        outcomes=measure(facts),
        year_rows=years,
        project_rows=project_rows(facts.files, facts.contracts, first),
        week_rows=model.week_table().to_dict("records"),
        journal_rows=model.journal.rows(),
        problems=problems,
    )


def project_rows(files: list[File], contracts: list[ContractRecord], first_year: int) -> list[Row]:
    """Give one row a file of the reported years, and one a further year of a longer contract.

    A project without luck may be submitted again a year later: a second row with the same id,
    and `submission` 2.
    """
    signed = {id(item.file): item for item in contracts}
    known = {id(item) for item in files}
    longer = [item.file for item in contracts if id(item.file) not in known]
    rows = []
    so_far: dict[str, int] = {}
    for item in [*files, *longer]:
        so_far[item.id] = so_far.get(item.id, 0) + 1
        if item.year >= first_year:
            row = _project(item, signed.get(id(item)), first_year)
            rows.append({**row, "submission": so_far[item.id]})
    return sorted(rows, key=lambda row: (row["year"], row["community"], row["id"]))


def _project(file: File, contract: ContractRecord | None, first_year: int) -> Row:
    candidate = file.candidate
    row: Row = {
        "id": candidate.id,
        "community": candidate.community,
        "year": file.year - first_year + 1,
        "category": CATEGORIES[candidate.category],
        "cost_yuan": candidate.cost_yuan,
        "submitted_day": file.submitted_day,
        "decided_day": Nan if file.decided_day is None else file.decided_day,
        "approved": file.approved,
        "withdrawn": file.withdrawn,
        "expired": file.expired,
        "reason": file.reason,
        "returns": file.returns,
        "rank_score": file.rank_score,
        "evidence_quality": file.evidence_quality,
        "named": len(file.roster),
        "flawed": candidate.flawed,
    }
    row.update(_NO_CONTRACT if contract is None else _delivered(contract))
    return {name: _plain(value) for name, value in row.items()}


def _delivered(contract: ContractRecord) -> Row:
    from linkage_sim.outcomes import satisfied_share

    totals, verdict = contract.totals, contract.verdict
    return {
        "organization": contract.organization,
        "signed_day": contract.signed_day,
        "delivery_weeks": contract.delivery_weeks,
        "places": contract.places,
        "worked_hours": totals.get("worked_hours", Nan),
        "substance_hours": totals.get("substance_hours", Nan),
        "showcase_hours": totals.get("showcase_hours", Nan),
        "documents_hours": totals.get("document_hours", Nan),
        "volunteer_hours": totals.get("volunteer_hours", Nan),
        "contacts": totals.get("contacts", Nan),
        "events": totals.get("events", Nan),
        "heads": totals.get("heads", Nan),
        "ended": totals.get("ended_target", Nan),
        "promised": contract.promised,
        "score": Nan if verdict is None else verdict.score,
        "satisfaction_reported": Nan if verdict is None else satisfied_share(verdict.felt),
        "true_effect": contract.true_effect,
        "renewed": None if verdict is None else verdict.renewed,
        "paid_yuan": contract.paid_yuan,
    }


_NO_CONTRACT: Row = {
    "organization": None, "signed_day": Nan, "delivery_weeks": 0.0, "places": 0,
    "worked_hours": Nan, "substance_hours": Nan, "showcase_hours": Nan, "documents_hours": Nan,
    "volunteer_hours": Nan, "contacts": Nan, "events": Nan, "heads": Nan, "ended": Nan,
    "promised": Nan, "score": Nan, "satisfaction_reported": Nan, "true_effect": Nan,
    "renewed": None, "paid_yuan": 0.0,
}


def _plain(value: Any) -> Any:
    # Numbers of NumPy would make equal tables unequal in type and heavy to send between processes.
    return value.item() if hasattr(value, "item") else value


PROJECT_TYPES: dict[str, str] = {
    "organization": "Int64", "renewed": "boolean", "approved": "bool", "withdrawn": "bool",
    "expired": "bool", "flawed": "bool", "community": "int64", "year": "int64",
    "returns": "int64", "submission": "int64", "named": "int64", "places": "int64",
    "cost_yuan": "float64", "rank_score": "float64", "decided_day": "float64",
}
PROJECT_COLUMNS: tuple[str, ...] = (
    "id", "community", "year", "category", "cost_yuan", "submitted_day", "decided_day",
    "approved", "withdrawn", "expired", "reason", "returns", "rank_score", "evidence_quality",
    "named", "flawed", *_NO_CONTRACT, "submission",
)


def project_table(rows: list[Row]) -> pd.DataFrame:
    """Make the table of projects; columns keep their types even when there is no row."""
    import pandas as pd

    extra = [name for name in (rows[0] if rows else {}) if name not in PROJECT_COLUMNS]
    table = pd.DataFrame(rows, columns=[*extra, *PROJECT_COLUMNS])
    return table.astype(PROJECT_TYPES)


def is_same_number(first: float, second: float) -> bool:
    """Say whether two outcomes are the same, undefined ones included."""
    return first == second or (math.isnan(first) and math.isnan(second))
