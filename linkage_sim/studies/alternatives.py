"""What the reforms do where one mechanism works differently from what is assumed, or not at all.

Ranges of numbers do not say what hangs on the form of a mechanism. Here each contested mechanism is
taken out or replaced by its plain alternative, one at a time, and today's practice and the shipped
reforms are compared again on the same seeds.

    python -m linkage_sim.studies.alternatives results/alternatives

Source: structural sensitivity as asked for by TRACE (Grimm et al. 2014, Ecological Modelling 280).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.scenario.fields import CATEGORIES
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.studies.compare import plan_of, run_plan
from linkage_sim.studies.differences import paired
from linkage_sim.studies.pattern_claims import DRIFT, NO_VOICE, RAMP, REFORMS
from linkage_sim.studies.patterns import SEEDS
from linkage_sim.studies.small_tables import keep_table

if TYPE_CHECKING:
    import pandas as pd

ALL_REFORMS = (*REFORMS, "full_reform")
OUTCOMES = ("demand_match", "need_coverage", "true_effect")
AS_IS = "as_is"
_HEARING, _EFFORT = "assumptions.hearing.", "assumptions.effort."
_STAFF, _OPINION = "assumptions.staff.", "assumptions.opinion."


def alternatives() -> dict[str, dict[str, Any]]:
    """Give each alternative form with the values that make it; the first is the model as it is.

    Their words are in the catalogue under `alternative.<name>`.
    """
    usual = load_scenario("x_community")
    seen_at_random = usual.assumptions.effort.satisfaction_random.model_dump()
    return {
        AS_IS: {},
        "no_learning": {_EFFORT + "learning": False},
        "choice_by_chance": {_EFFORT + "temperature": 1.0},
        "respondents_alike": {_EFFORT + "satisfaction_chosen": seen_at_random},
        "substance_at_once": {RAMP: 0.0},
        "no_drift": {DRIFT: 0.0},
        "service_ends_nothing": {
            "assumptions.needs.end_probability": dict.fromkeys(CATEGORIES, 0.0)
        },
        "same_voice": NO_VOICE,
        "neutral_street": {
            _HEARING + name: 0.0 for name in ("inertia", "alignment", "visibility_pull")
        },
        "no_burnout": {_STAFF + "quit_burnout": 0.0, _STAFF + "quit_late_pay": 0.0},
        "no_neighbours": {_OPINION + "neighbour_weight": 0.0, _OPINION + "word_of_mouth": 0.0},
        "trust_stays": {_OPINION + "trust_up": 0.0, _OPINION + "trust_down": 0.0},
    }


def measure_alternatives(
    wanted: Mapping[str, Mapping[str, Any]] | None = None,
    outcomes: Sequence[str] = OUTCOMES, seeds: Iterable[int] = SEEDS, jobs: int = 2,
) -> pd.DataFrame:
    """Compare every reform with today's practice under each alternative, on common seeds.

    Returns
    -------
    pandas.DataFrame
        alternative, reform, outcome, and what `differences.paired` gives: difference with its
        95 % interval (low, high), n, dropped and the rest.
    """
    import pandas as pd

    forms = alternatives() if wanted is None else dict(wanted)
    today = load_scenario("x_community")
    arms = {"": today, **{name: load_scenario(f"x_community+{name}") for name in ALL_REFORMS}}
    scenarios = {
        f"{form}+{arm}": scenario.with_values(dict(values))
        for form, values in forms.items() for arm, scenario in arms.items()
    }
    found: dict[tuple[str, int], Mapping[str, float]] = {}
    for run in run_plan(plan_of(list(scenarios.values()), list(seeds), list(scenarios)), jobs):
        if run.result is None:
            raise InputError(run.failure)
        found[(run.name, run.seed)] = run.result.outcomes
    known = sorted({seed for _, seed in found})
    return pd.DataFrame([
        {"alternative": form, "reform": reform, "outcome": outcome, **paired([
            (found[(f"{form}+", seed)][outcome], found[(f"{form}+{reform}", seed)][outcome])
            for seed in known
        ])}
        for outcome in outcomes for form in forms for reform in ALL_REFORMS
    ])


def main(folder: str) -> None:
    """Measure all alternatives and write them to `alternatives.csv` in a folder."""
    columns = ["alternative", "reform", "outcome", "difference", "low", "high", "n", "dropped"]
    keep_table(measure_alternatives()[columns], Path(folder), "alternatives")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("python -m linkage_sim.studies.alternatives FOLDER")
    main(sys.argv[1])
