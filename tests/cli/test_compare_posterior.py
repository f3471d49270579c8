"""A comparison under a posterior: paired draws, wider intervals, and a record that can be rerun."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from linkage_sim.errors import InputError
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.studies.compare import Plan, compare, plan_of
from linkage_sim.studies.overlay import Overlay, load_overlay, overlay_from
from linkage_sim.studies.results import load_provenance, load_results
from linkage_sim.studies.saved import fingerprint
from tests.conftest import Typed

QUIT, HOURS = "assumptions.staff.quit_per_year", "assumptions.delivery.hours_per_event"
OPENING = "policy.approval.budget_open_day"
SHORT = ("--set", "run.years=1", "--set", "run.warmup_years=0")
BOTH = ("compare", "toy", "toy+fast_approval", *SHORT, "--jobs", "1")


def posterior(path: Path, weights: Sequence[float], **columns: Sequence[float]) -> Path:
    """Write particles as a calibration does; columns by short names."""
    names = {"quit": QUIT, "hours": HOURS, "opening": OPENING}
    frame = pd.DataFrame({
        "particle": range(len(weights)), "weight": list(weights),
        **{names[key]: list(values) for key, values in columns.items()},
        "distance": [0.0] * len(weights), "worker_turnover": [0.2] * len(weights),
    })
    frame.to_parquet(path, index=False)
    return path


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    return posterior(tmp_path / "wide.parquet", [0.25] * 4, hours=[2.0, 4.0, 12.0, 60.0],
                     quit=[0.0, 0.2, 0.6, 1.0])


# -- which seed takes what -----------------------------------------------------------------------


def overlay(weights: Sequence[float], draws: int | None = None) -> Overlay:
    return Overlay((QUIT,), "x", tuple((float(place),) for place in range(len(weights))),
                   tuple(weights), draws)


def test_draws_follow_the_weights() -> None:
    found = [overlay([0.5, 0.3, 0.2, 0.0]).values_for(seed)[QUIT] for seed in range(4000)]
    shares = [found.count(float(place)) / 4000 for place in range(4)]
    assert shares[3] == 0.0
    assert shares[:3] == pytest.approx([0.5, 0.3, 0.2], abs=0.03)


def test_what_a_seed_takes_does_not_depend_on_the_others() -> None:
    some = overlay([0.25] * 4)
    record = some.record([17, 3])
    assert record["values"]["17"] == [some.values_for(17)[QUIT]]
    assert overlay_from({"posterior": record}).values_for(3) == some.values_for(3)  # type: ignore[union-attr]


def test_so_many_draws_come_again_and_again() -> None:
    some = overlay([1 / 50] * 50, draws=3)
    found = [some.values_for(seed)[QUIT] for seed in range(30)]
    assert found[:3] * 10 == found and some.count(range(30)) == len(set(found[:3])) > 1
    assert overlay([1 / 50] * 50).count(range(30)) > 10


# -- numbers -------------------------------------------------------------------------------------


def compared(seeds: int = 4, **more: Any) -> pd.DataFrame:
    base = load_scenario("toy", {"run.years": 1, "run.warmup_years": 0})
    reform = base.with_values({"policy.approval.fixed_latency_days": 5})
    return compare([base, reform], seeds=range(seeds), names=["today", "fast"], **more)


def test_a_posterior_that_holds_the_scenario_s_own_values_changes_nothing(tmp_path: Path) -> None:
    plan = load_scenario("toy")
    own = posterior(tmp_path / "own.parquet", [1.0], quit=[plan.assumptions.staff.quit_per_year])
    pd.testing.assert_frame_equal(compared(posterior=own), compared())


def test_one_particle_is_the_same_as_setting_its_values(tmp_path: Path) -> None:
    one = posterior(tmp_path / "one.parquet", [1.0], hours=[11.0])
    base = load_scenario("toy", {"run.years": 1, "run.warmup_years": 0, HOURS: 11.0})
    reform = base.with_values({"policy.approval.fixed_latency_days": 5})
    expected = compare([base, reform], seeds=range(4), names=["today", "fast"])
    pd.testing.assert_frame_equal(compared(posterior=one), expected)
    # Negative control: another value gives other numbers.
    assert not compared()["mean"].equals(expected["mean"])


def test_both_sides_of_a_seed_take_the_same_draw(wide: Path) -> None:
    runs = compared(posterior=wide).attrs["runs"]
    some = load_overlay(wide)
    for seed in range(4):
        values = some.values_for(seed)
        for name, days in (("today", False), ("fast", 5)):
            plan = load_scenario("toy", {
                "run.years": 1, "run.warmup_years": 0, **values,
                "policy.approval.fixed_latency_days": days,
            })
            row = runs[(runs["scenario"] == name) & (runs["seed"] == seed)].iloc[0]
            from linkage_sim.studies.run import simulate

            assert simulate(plan, seed).outcomes["events_per_project"] == row["events_per_project"]


def test_what_is_not_known_widens_the_interval(tmp_path: Path) -> None:
    """The day on which money can be used decides what a fast approval gains."""
    def width(**more: Any) -> float:
        table = compared(8, **more).set_index("outcome")
        return float(table["high"]["implementation_weeks"] - table["low"]["implementation_weeks"])

    apart = posterior(tmp_path / "apart.parquet", [0.5, 0.5], opening=[60.0, 240.0])
    assert width(posterior=apart) > 3.0 * width()


# -- the verb ------------------------------------------------------------------------------------


def test_the_table_says_that_draws_were_taken_and_the_record_which(
    typed: Typed, wide: Path
) -> None:
    code, out, err = typed(*BOTH, "--replications", "3", "--posterior", str(wide), "--out", "out")
    assert code == 0, err
    digest = hashlib.sha256(wide.read_bytes()).hexdigest()
    assert digest[:12] in out and "2 assumptions as well as chance" in out
    record = load_provenance("out")["posterior"]
    assert record["sha256"] == digest and record["parameters"] == [HOURS, QUIT]
    some = load_overlay(wide)
    outcomes = load_results("out")
    for row in outcomes.to_dict("records"):
        assert {name: row[name] for name in (HOURS, QUIT)} == some.values_for(row["seed"])
    assert record["values"] == {
        str(seed): list(some.values_for(seed).values()) for seed in (1, 2, 3)
    }


def test_without_a_posterior_nothing_of_the_kind_is_said(typed: Typed) -> None:
    code, out, _ = typed(*BOTH, "--replications", "2", "--out", "out")
    assert code == 0 and "posterior" not in out
    assert "posterior" not in load_provenance("out")


def test_such_results_are_repeated_number_by_number_without_the_file(
    typed: Typed, wide: Path
) -> None:
    code, _, err = typed(*BOTH, "--replications", "3", "--posterior", str(wide), "--out", "out")
    assert code == 0, err
    wide.unlink()
    code, out, err = typed("rerun", "out", "--jobs", "1")
    assert code == 0, out + err


def test_a_rerun_notices_when_a_draw_was_another_one(typed: Typed, wide: Path) -> None:
    """Negative control: the recorded values are what is run."""
    typed(*BOTH, "--replications", "3", "--posterior", str(wide), "--out", "out")
    place = Path("out/provenance.json")
    record = json.loads(place.read_text())
    before = record["posterior"]["values"]["2"]
    record["posterior"]["values"]["2"] = [before[0] * 1.5 + 1.0, before[1]]
    place.write_text(json.dumps(record))
    manifest = json.loads(Path("out/manifest.json").read_text())
    manifest["files"]["provenance.json"]["sha256"] = hashlib.sha256(
        place.read_bytes()
    ).hexdigest()
    Path("out/manifest.json").write_text(json.dumps(manifest))
    assert typed("rerun", "out", "--jobs", "1")[0] == 1


def test_more_seeds_add_to_what_is_there_and_another_posterior_does_not(
    typed: Typed, wide: Path, tmp_path: Path
) -> None:
    assert typed(*BOTH, "--replications", "2", "--posterior", str(wide), "--out", "out")[0] == 0
    first = load_results("out")
    assert typed(*BOTH, "--replications", "4", "--posterior", str(wide), "--out", "out")[0] == 0
    kept = load_results("out")
    pd.testing.assert_frame_equal(
        kept[kept["seed"] <= 2].reset_index(drop=True), first.reset_index(drop=True)
    )
    other = posterior(tmp_path / "other.parquet", [1.0], hours=[9.0], quit=[0.1])
    for more in (["--posterior", str(other)], [], ["--posterior", str(wide), "--draws", "2"]):
        code, _, err = typed(*BOTH, "--replications", "4", *more, "--out", "out")
        assert code == 2 and "draws of a posterior" in err


def test_seeds_saved_under_one_posterior_are_not_taken_for_another(wide: Path) -> None:
    toy = load_scenario("toy")
    plain = Plan(("a", "b"), (toy, toy), (1, 2))
    plans = [plain, *(Plan(plain.names, plain.scenarios, plain.seeds, overlay=item) for item in (
        load_overlay(wide), load_overlay(wide, 2), overlay([1.0]),
    ))]
    assert len({fingerprint(plan) for plan in plans}) == 4
    more = Plan(plain.names, plain.scenarios, (7,), overlay=load_overlay(wide))
    assert fingerprint(more) == fingerprint(plans[1])


# -- what cannot be used -------------------------------------------------------------------------


def test_setting_what_the_posterior_draws_is_refused(typed: Typed, wide: Path) -> None:
    code, _, err = typed(*BOTH, "--posterior", str(wide), "--set", f"{QUIT}=0.1")
    assert code == 2 and QUIT in err and HOURS not in err


def test_draws_without_a_posterior_are_refused(typed: Typed) -> None:
    code, _, err = typed(*BOTH, "--draws", "3")
    assert code == 2 and "--posterior" in err


@pytest.mark.parametrize("content", [b"", b"PAR1 and nothing else", b"weight,particle\n1,2\n"])
def test_a_file_that_is_no_posterior_is_refused(
    typed: Typed, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "odd.parquet").write_bytes(content)
    code, out, err = typed(*BOTH, "--posterior", str(tmp_path / "odd.parquet"))
    assert code == 2 and "is no posterior" in err and not out


def test_a_table_of_something_else_is_refused(typed: Typed, tmp_path: Path) -> None:
    pd.DataFrame({"weight": [1.0], "trust": [0.5]}).to_parquet(tmp_path / "t.parquet")
    pd.DataFrame({"weight": [-1.0], QUIT: [0.5]}).to_parquet(tmp_path / "n.parquet")
    pd.DataFrame({"weight": [1.0], "assumptions.staff.quit_per_yaer": [0.5]}).to_parquet(
        tmp_path / "u.parquet")
    pd.DataFrame({"weight": [1.0], QUIT: [99.0]}).to_parquet(tmp_path / "r.parquet")
    for name, told in (("t", "is no posterior"), ("n", "is no posterior"),
                       ("u", "did you mean"), ("r", "allowed")):
        code, _, err = typed(*BOTH, "--posterior", str(tmp_path / f"{name}.parquet"))
        assert code == 2 and told in err, name
    assert typed(*BOTH, "--posterior", "nowhere.parquet")[0] == 2


def test_a_plan_is_checked_before_anything_runs(wide: Path) -> None:
    toy = load_scenario("toy")
    with pytest.raises(InputError, match="--set"):
        plan_of([toy, toy], [1], ["a", "b"], settings=[f"{HOURS}=3"], overlay=load_overlay(wide))
