"""Negative controls of the experiments: a fifth more or less of an assumption is noticed.

Each of the five assumptions named in experiments/README.md is moved, one study of the quick form is
run again, and its numbers are held against the expected ones: by the rule of the environment they
were made in, and by the looser one for all others.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from linkage_sim.provenance import MODEL_VERSION
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.studies import expected as expected_results
from linkage_sim.studies.expected import RECORD, compare_tables, environment, read_table
from linkage_sim.studies.experiment import load_experiment, shipped_experiments
from linkage_sim.studies.experiment_run import _summary
from linkage_sim.studies.results import load_results
from linkage_sim.studies.sweep import Options, run_sweep
from linkage_sim.studies.tables import flat_values

HOME = shipped_experiments()
STEP = 1.2
NAMED = {
    "assumptions.effort.renewal_value": ("e3_evaluation", "surface"),
    "assumptions.delivery.ramp_weeks": ("e2_approval", "latency"),
    "assumptions.delivery.hours_per_contact": ("e4_effectiveness", "paper"),
    "assumptions.volunteers.leave_per_month": ("e4_effectiveness", "volunteers"),
    "assumptions.needs.prevalence_factor": ("e1_demand", "sample"),
}


def differing(tmp_path: Path, name: str, study: str, settings: list[str]) -> dict[str, int]:
    """Run one study of a quick form and count the numbers that differ, by either rule."""
    experiment = load_experiment(HOME / name, quick=True, overrides=settings)
    run_sweep(experiment.studies[study], tmp_path / "out", Options(jobs=2))
    entry = next(item for item in experiment.written.studies if item.name == study)
    table = _summary(experiment, entry, load_results(tmp_path / "out"))
    kept = tmp_path / "expected"
    kept.mkdir()
    known = HOME / name / "expected" / "quick" / f"summary_{study}.csv"
    (kept / known.name).write_bytes(known.read_bytes())
    found = {}
    for rule, made in (("at home", environment()), ("elsewhere", {})):
        (kept / RECORD).write_text(json.dumps({"environment": made}), encoding="utf-8")
        found[rule] = compare_tables({f"summary_{study}": table}, kept,
                                     experiment.written.tolerance).differ
    return found


@pytest.mark.slow
@pytest.mark.parametrize("assumption", NAMED)
def test_a_fifth_more_of_a_named_assumption_is_noticed(tmp_path: Path, assumption: str) -> None:
    name, study = NAMED[assumption]
    usual = flat_values(load_scenario("x_community").model_dump(mode="json"))[assumption]
    found = differing(tmp_path, name, study, [f"{assumption}={usual * STEP}"])
    assert found["at home"] > 0 and found["elsewhere"] > 0, found


@pytest.mark.slow
def test_nothing_is_noticed_where_nothing_was_moved(tmp_path: Path) -> None:
    record = json.loads((HOME / "e4_effectiveness/expected/quick" / RECORD).read_text("utf-8"))
    found = differing(tmp_path, "e4_effectiveness", "checks", [])
    assert found["elsewhere"] == 0
    assert record["model_version"] == MODEL_VERSION
    if record["environment"] == environment():
        assert found["at home"] == 0


def test_the_page_names_the_same_five_assumptions() -> None:
    page = (HOME / "README.md").read_text(encoding="utf-8")
    for assumption, (name, _) in NAMED.items():
        assert f"| `{assumption}` | {name} |" in page


def test_the_expected_tables_of_the_controls_are_there() -> None:
    for name, study in NAMED.values():
        table = read_table(HOME / name / "expected" / "quick" / f"summary_{study}.csv")
        assert len(table) and expected_results.DIGITS == 9
