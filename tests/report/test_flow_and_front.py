"""What is counted before it is drawn: the way of projects, and who is beaten by none."""

from __future__ import annotations

import pandas as pd
import pytest

from linkage_sim.report.cycle_flow import cycle_flow
from linkage_sim.report.flow_table import DAYS, HOURS, LOST, flow_table
from linkage_sim.report.labels import label_of
from linkage_sim.report.trade_off import beaten_by_none, trade_off
from tests.report.plate_tables import project_rows


def step_means(projects: pd.DataFrame) -> dict[str, float]:
    table = flow_table(projects)
    return dict(zip(table["step"], table["mean"], strict=True))


def test_every_project_goes_somewhere_and_only_once() -> None:
    found = step_means(project_rows())
    assert found["submitted"] == 10.0 and found["approved"] == found["delivered"] == 6.0
    assert [found[name] for name in LOST] == [1.0, 2.0, 0.0, 1.0]
    assert found["delivered"] + sum(found[name] for name in LOST) == found["submitted"]


def test_a_project_that_is_flawed_and_undecided_is_lost_once() -> None:
    projects = project_rows()
    projects.loc[projects["reason"] == "flaw found", "expired"] = True
    found = step_means(projects)
    assert found["flaw_found"] == 1.0 and found["undecided"] == 0.0


def test_an_approved_project_that_never_began_is_not_carried_out() -> None:
    projects = project_rows()
    spoiled = projects["id"].str.endswith("-0")
    projects.loc[spoiled, "delivery_weeks"] = 0.0
    found = step_means(projects)
    assert (found["approved"], found["delivered"], found["withdrawn_or_lapsed"]) == (6.0, 5.0, 2.0)


def test_days_of_a_year_and_shares_of_hours_add_up() -> None:
    found = step_means(project_rows())
    assert sum(found[name] for name in DAYS) == pytest.approx(364.0)
    assert found["hearing"] == 14.0 and found["approval"] == 101.0 and found["delivery"] == 196.0
    assert sum(found[name] for name in HOURS) == pytest.approx(1.0)
    assert found["showcase"] == 0.5 and found["idle"] == pytest.approx(0.05)


def test_the_interval_is_over_seeds_and_missing_with_one() -> None:
    several = flow_table(project_rows(3)).set_index("step")
    assert several.loc["approval", "low"] < several.loc["approval", "mean"]
    assert flow_table(project_rows(1))["low"].isna().all()


def test_what_others_are_added_to_comes_first() -> None:
    names = ("x_community+b", "x_community+a", "x_community")
    assert list(dict.fromkeys(flow_table(project_rows(2, names))["scenario"])) == [
        "x_community", "x_community+b", "x_community+a"]


@pytest.mark.parametrize(("name", "english"), [
    ("x_community", "today's practice"), ("x_community+fast_approval", "fast approval"),
    ("public_opinion+fast_approval", "public opinion + fast approval"), ("my_plan", "my_plan"),
    ("mine+fast_approval", "mine + fast approval"), (0.25, "0.25"),
])
def test_a_reform_is_called_without_the_place_it_is_laid_over(name: object, english: str) -> None:
    assert label_of(name, "en") == english


def test_nothing_delivered_is_drawn_all_the_same() -> None:
    projects = project_rows().assign(
        approved=False, delivery_weeks=0.0, signed_day=float("nan"), worked_hours=float("nan")
    )
    table = flow_table(projects)
    assert table.set_index("step").loc["delivered", "mean"] == 0.0
    cycle_flow(table, "en").canvas.draw()


def test_pieces_of_the_bar_are_those_of_the_table() -> None:
    table = flow_table(project_rows())
    figure = cycle_flow(table, "en")
    axes = next(item for item in figure.axes if item.get_gid() == "days x_community")
    widths = [item.get_width() for item in axes.patches]
    expected = table[(table["part"] == "days") & (table["mean"] > 0)]["mean"].tolist()
    assert widths == pytest.approx(expected)


@pytest.mark.parametrize(("points", "best"), [
    # effect (higher is better), cost (lower is better)
    ([(0.2, 0.1), (0.3, 0.2), (0.1, 0.3)], [True, True, False]),
    ([(0.2, 0.1), (0.2, 0.1)], [True, True]),
    ([(0.2, 0.1), (0.2, 0.2)], [True, False]),
])
def test_who_is_beaten_by_none(points: list[tuple[float, float]], best: list[bool]) -> None:
    rows = pd.DataFrame(points, columns=["true_effect", "administration_share"])
    assert beaten_by_none(rows, ("true_effect", "administration_share")) == best


def test_a_third_outcome_can_save_a_scenario() -> None:
    rows = pd.DataFrame({"true_effect": [0.2, 0.1], "administration_share": [0.1, 0.2],
                         "trust": [0.5, 0.6]})
    assert beaten_by_none(rows, ("true_effect", "administration_share")) == [True, False]
    assert beaten_by_none(rows, ("true_effect", "administration_share", "trust")) == [True, True]


def test_no_number_of_a_trade_off_stands_on_a_point() -> None:
    from matplotlib.text import Annotation

    near = pd.DataFrame([
        {"scenario": f"s{place}", **{
            f"{name}{end}": middle + width
            for name, middle in (("true_effect", 0.15 + 0.01 * (place % 3)),
                                 ("administration_share", 0.06 + 0.004 * place),
                                 ("trust", 0.6 + 0.002 * (place % 2)))
            for end, width in (("", 0.0), ("_low", -0.02), ("_high", 0.02))
        }} for place in range(5)
    ])
    figure = trade_off(near, "en")
    figure.canvas.draw()
    for axes in figure.axes:
        points = [axes.transData.transform((line.get_xdata()[0], line.get_ydata()[0]))
                  for line in axes.lines if str(line.get_gid()).startswith("point")]
        numbers = [item for item in axes.texts if isinstance(item, Annotation)]
        for number in numbers:
            box = number.get_window_extent()
            assert not [spot for spot in points if box.contains(*spot)]
    assert numbers
