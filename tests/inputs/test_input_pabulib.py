"""Elections in the .pb format become rules, projects, ballots and candidates."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage_sim.errors import InputError
from linkage_sim.inputs.candidates import (
    CATEGORY_OF,
    category_of,
    mapping_summary,
    money_summary,
    unmapped_projects,
    vote_fragment,
)
from linkage_sim.inputs.fragment import to_toml
from linkage_sim.inputs.pabulib import Election, read_election
from linkage_sim.scenario.fields import CATEGORIES
from linkage_sim.scenario.world import ListedCandidate
from linkage_sim.votes import winners

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "data" / "pabulib"
NAMES = ("Anin", "Brodno-Podgrodzie", "Chomiczowka", "Kolo", "Nowe_Wlochy", "Zoliborz_Centralny")

HAND = '''META
key;value
description;"Two streets; one square"
budget;100.50
num_projects;3
num_votes;3
rule;greedy
PROJECTS
project_id;cost;votes;name;category;target;selected;latitude
p1;60;2;"A ""green"" yard;
with benches";urban greenery, sport;adults,seniors;1;34.2
p2;40.5;2;Legal advice;law;;1;
p3;50;1;;health;;0;
VOTES
voter_id;vote;age;sex;voting_method
v1;p2,p1;34;F;internet
v2;p1;18-25;;paper
v3;"p3, p2";;M;
'''


def read(folder: Path, text: str, **options: Any) -> Election:
    path = folder / "vote.pb"
    path.write_text(text, encoding="utf-8", newline="")
    return read_election(path, **options)


def problems_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(folder, text)
    return [message.removeprefix(f"{folder / 'vote.pb'}:") for message in caught.value.messages]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_small_election_by_hand(line_end: str, mark: str, tmp_path: Path) -> None:
    election = read(tmp_path, mark + HAND.replace("\n", line_end))
    assert election.meta["description"] == "Two streets; one square"
    assert election.budget == 100.5
    first, second, third = election.projects
    assert first.name == f'A "green" yard;{line_end}with benches'
    assert first.categories == ("urban greenery", "sport")
    assert first.target_groups == ("adults", "seniors")
    assert (first.votes, first.selected, first.other) == (2, True, {"latitude": "34.2"})
    assert (second.cost, third.name, third.selected) == (40.5, "", False)
    assert election.ballots == [["p2", "p1"], ["p1"], ["p3", "p2"]]
    ages = [(voter.age, voter.other.get("age")) for voter in election.voters]
    assert ages == [(34, None), (None, "18-25"), (None, None)]
    assert [voter.sex for voter in election.voters] == ["F", "", "M"]
    assert election.voters[1].other["voting_method"] == "paper"
    assert election.costs == {"p1": 60, "p2": 40.5, "p3": 50}
    assert election.official_winners == ["p1", "p2"]
    assert "v1" not in repr(election)


def test_optional_columns_may_be_missing(tmp_path: Path) -> None:
    election = read(tmp_path, "META\nkey;value\nbudget;5\nPROJECTS\nproject_id;cost\n1;2\n"
                              "VOTES\nvoter_id;vote\n1;1\n2;\n")
    project, = election.projects
    assert (project.votes, project.selected, project.name, project.categories) == (None, None, "",
                                                                                  ())
    assert election.ballots == [["1"], []]
    assert election.official_winners == []


def test_every_fault_of_projects_and_ballots_is_told_at_once(tmp_path: Path) -> None:
    told = problems_of(tmp_path, "META\nkey;value\nbudget;-5\nbudget;5\nPROJECTS\n"
                                 "project_id;cost;votes;selected\n"
                                 "1;-10;1;1\n"
                                 "2;nan;1;1\n"
                                 "3;inf;1;1\n"
                                 "4;0;1;1\n"
                                 "5;1,5;many;yes\n"
                                 "5;10;1;1\n"
                                 ";10;1;1\n"
                                 "6;10\n"
                                 "7,8;10;1;1\n"
                                 "VOTES\nvoter_id;vote;age\n"
                                 "1;1;-4\n"
                                 "1;1,1;121\n"
                                 "3;1;nan\n")
    assert [text.split(";")[0] for text in told] == [
        "4: 'budget' is given twice",
        "7: cost '-10' is not a number above 0",
        "8: cost 'nan' is not a number above 0",
        "9: cost 'inf' is not a number above 0",
        "10: cost '0' is not a number above 0",
        "11: cost '1,5' is not a number above 0",
        "11: votes 'many' is not a whole number of 0 or more",
        "11: selected 'yes' is not a whole number of 0 or more",
        "12: project_id '5' was used in line 11",
        "13: no project_id",
        "14: 2 cells where the header has 4",
        "15: a comma in project_id",
        "18: age '-4' is not a whole number from 0 to 120",
        "19: voter_id '1' was used in line 18",
        "19: the ballot names a project twice",
        "19: age '121' is not a whole number from 0 to 120",
        "20: age 'nan' is not a whole number from 0 to 120",
    ]


@pytest.mark.parametrize(("old", "new", "told"), [
    ("budget;100.50", "budget;-1", "4: budget '-1' is not a number above 0"),
    ("budget;100.50", "budget;1e999", "4: budget '1e999' is not a number above 0"),
    ("budget;100.50\n", "", "2: META has no budget"),
    ("rule;greedy", "rule;greedy;more", "7: 3 cells where META has a name and a value"),
    ("num_votes;3", "num_votes;4", "6: num_votes says 4, section VOTES holds 3"),
    ("num_projects;3", "num_projects;2", "5: num_projects says 2, section PROJECTS holds 3"),
    ("num_projects;3", "num_projects;few", "5: num_projects 'few' is not a whole number"),
    ("v2;p1", "v2;p9", "17: the ballot names project 'p9', which PROJECTS does not list"),
    ("voter_id;vote", "voter_id;ballot", "15: no column vote"),
    ("project_id;cost;votes", "project_id;cost;cost", "9: two columns are called 'cost'"),
    ("project_id;cost", "id;price", "9: no column project_id and no column cost"),
    ("VOTES\n", "", " section VOTES is missing"),
    ("PROJECTS\n", "", " section PROJECTS is missing"),
    ("META\n", "", "1: the file must begin with the section META"),
    ("v3;", "META\nv3;", "18: section META begins a second time"),
])
def test_faulty_files(old: str, new: str, told: str, tmp_path: Path) -> None:
    assert old in HAND
    assert problems_of(tmp_path, HAND.replace(old, new, 1))[0].startswith(told)


@settings(max_examples=150)
@given(length=st.integers(0, len(HAND.encode()) - 1))
def test_a_file_cut_anywhere_never_loses_a_ballot(
    length: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("cut") / "vote.pb"
    path.write_bytes(HAND.encode()[:length])
    try:
        election = read_election(path)
    except InputError:
        return
    # Only the sex and the way of voting of the last voter can be lost without a trace.
    assert election.ballots == [["p2", "p1"], ["p1"], ["p3", "p2"]]


def test_every_category_of_pabulib_maps_to_a_need() -> None:
    assert set(CATEGORY_OF.values()) <= set(CATEGORIES)
    assert {"education", "health", "welfare", "public space", "urban greenery", "sport", "culture",
            "environmental protection", "public transit and roads"} <= set(CATEGORY_OF)


def test_candidates_by_hand(tmp_path: Path) -> None:
    election = read(tmp_path, HAND)
    assert unmapped_projects(election) == {"p2": ("law",)}
    fragment = vote_fragment(election, yuan_per_unit=2)
    assert [candidate["id"] for candidate in fragment["world"]["candidates"]] == ["p1", "p3"]
    assert fragment["world"]["candidates"][1] == {"id": "p3", "category": "health",
                                                  "cost_yuan": 100.0}
    more = vote_fragment(election, override={"Law": "mediation", "urban greenery": "culture"})
    assert [candidate["category"] for candidate in more["world"]["candidates"]] == [
        "culture", "mediation", "health"]
    assert category_of(election.projects[0]) == "environment"
    assert unmapped_projects(election, {"law": "mediation"}) == {}
    assert CATEGORY_OF["urban greenery"] == "environment"


@pytest.mark.parametrize(("currency", "rate", "told"), [
    ("PLN", None, "costs are in PLN and were taken one to one (1 PLN = 1 yuan)"),
    ("PLN", 1.7, "1 PLN = 1.7 yuan"),
    # A rate of 1 that somebody gave is a rate.
    ("PLN", 1.0, "1 PLN = 1 yuan."),
    ("CNY", None, "stand as they are"),
    (" rmb", None, "stand as they are"),
    ("", None, "names no currency; costs were taken for yuan"),
])
def test_money_is_told(tmp_path: Path, currency: str, rate: float | None, told: str) -> None:
    text = HAND.replace("rule;greedy", f"rule;greedy\ncurrency;{currency}") if currency else HAND
    line, = money_summary([read(tmp_path, text)], rate)
    assert told in line
    assert ("Caution" in line) == (rate is None and "stand as" not in told)


def test_several_currencies_under_one_rate_are_told(tmp_path: Path) -> None:
    elections = [read(tmp_path, HAND.replace("rule;greedy", f"rule;greedy\ncurrency;{name}"))
                 for name in ("PLN", "EUR", "PLN")]
    lines = money_summary(elections, 2.0)
    assert "several currencies (PLN, EUR)" in lines[0]
    assert len(lines) == 3


def test_the_order_of_categories_is_told_and_can_be_passed_over(tmp_path: Path) -> None:
    election = read(tmp_path, HAND)
    # p1 is "urban greenery, sport"; p3 has one category, and "law" maps to nothing.
    mapped, several = mapping_summary([election])
    assert "urban greenery=environment" in mapped and "sport=culture" in mapped
    assert several.startswith("1 of 3 projects") and "(environment 1)" in several
    over = {"Urban greenery": ""}
    assert category_of(election.projects[0], over) == "culture"
    assert len(mapping_summary([election], over)) == 1
    # Two categories of one need leave nothing to choose.
    assert len(mapping_summary([election], {"sport": "environment"})) == 1


@pytest.mark.parametrize(("options", "told"), [
    ({"yuan_per_unit": 0}, "give a number above 0"),
    ({"yuan_per_unit": float("nan")}, "give a number above 0"),
    ({"yuan_per_unit": 1e9}, "costs 6e+10 yuan"),
    ({"override": {"law": "justice"}}, "'justice' (for 'law') is not a category of need"),
])
def test_candidates_that_cannot_be(options: dict[str, Any], told: str, tmp_path: Path) -> None:
    election = read(tmp_path, HAND)
    with pytest.raises(InputError) as caught:
        vote_fragment(election, **options)
    assert told in str(caught.value)


def test_an_election_of_which_nothing_maps_is_refused(tmp_path: Path) -> None:
    text = HAND.replace("urban greenery, sport", "law").replace(";health;", ";;")
    with pytest.raises(InputError, match="no project has a category that maps"):
        vote_fragment(read(tmp_path, text))


def real(name: str) -> Election:
    path = FOLDER / f"Poland_Warszawa_2017_{name}.pb"
    if not path.exists():
        if os.environ.get("LINKAGE_REQUIRE_DATA") == "1":
            pytest.fail(f"{path} is required and absent")
        pytest.skip("the real elections (shared/data/pabulib) are not here")
    return read_election(path)


@pytest.mark.parametrize("name", NAMES)
def test_real_election_is_read_whole(name: str) -> None:
    election = real(name)
    assert len(election.voters) == int(election.meta["num_votes"])
    named = [project for ballot in election.ballots for project in ballot]
    # The published counts were made by the city from the same ballots.
    assert all(project.votes == named.count(project.id) for project in election.projects)
    assert all(voter.age is not None and voter.sex in "MF" for voter in election.voters)
    assert unmapped_projects(election) == {}
    assert election.currency == "PLN"


@pytest.mark.parametrize("name", NAMES)
def test_greedy_on_real_ballots_funds_what_the_city_funded(name: str) -> None:
    election = real(name)
    funded = winners(election.costs, election.ballots, election.budget, "greedy")
    assert set(funded) == set(election.official_winners)


@pytest.mark.parametrize(("name", "share"), list(zip(
    NAMES, (0.1529, 0.0593, 0.0041, 0.1213, 0.1018, 0.0885), strict=True)))
def test_voters_without_a_funded_project(name: str, share: float) -> None:
    """Shares computed independently: shared/data/SOURCES.md."""
    election = real(name)
    funded = set(election.official_winners)
    without = sum(not funded & set(ballot) for ballot in election.ballots)
    assert round(without / len(election.ballots), 4) == share


@pytest.mark.parametrize("name", NAMES)
def test_real_candidates_fit_the_schema(name: str) -> None:
    election = real(name)
    fragment = vote_fragment(election, yuan_per_unit=1.7)
    assert tomllib.loads(to_toml(fragment)) == fragment
    candidates = [ListedCandidate(**one) for one in fragment["world"]["candidates"]]
    assert [one.cost_yuan for one in candidates] == pytest.approx(
        [1.7 * cost for cost in election.costs.values()])
