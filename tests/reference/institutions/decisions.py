"""The same decisions by the plain institutions: each from what the engine's decision received.

Every function is given the scenario, the draws and plain data, and gives what the engine's
decision must have given. Names are those of the engine's points.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from linkage_sim.draws import Draws
from linkage_sim.scenario.schema import Scenario
from tests.reference.institutions.approving import Approving
from tests.reference.institutions.committee import Committee, one_design
from tests.reference.institutions.desks import Office
from tests.reference.institutions.listening import Ground
from tests.reference.institutions.papers import File
from tests.reference.institutions.promising import promise
from tests.reference.institutions.proposing import campaign, choose, new_ideas, write_file
from tests.reference.institutions.sources import WAYS
from tests.reference.institutions.street import Street
from tests.reference.institutions.timeline import Timeline

Given = dict[str, Any]
Answer = Callable[[Scenario, Draws, Given], Any]
GROUND = (
    "community", "week", "residents", "district_mean", "campaign", "hours", "yuan",
)


def _ground(plan: Scenario, draws: Draws, given: Given) -> Ground:
    return Ground(plan=plan, draws=draws, **{name: given[name] for name in GROUND})


def _committee(plan: Scenario, draws: Draws, given: Given) -> Committee:
    committee = Committee(plan, draws, given["number"])
    committee.hours_left = given["hours_left"]
    committee.last_shares = given["last_shares"]
    return committee


def _hear(plan: Scenario, draws: Draws, given: Given) -> Any:
    evidence = WAYS[given["way"]](_ground(plan, draws, given))
    return (evidence.heard, evidence.error, evidence.known, evidence.yuan, evidence.hours,
            evidence.asked, evidence.ballots)


def _listen(plan: Scenario, draws: Draws, given: Given) -> Any:
    return _committee(plan, draws, given).listen(_ground(plan, draws, given))


def _one_design(plan: Scenario, draws: Draws, given: Given) -> Any:
    return one_design(given["heard"], given["sizes"], given["own"])


def _campaign(plan: Scenario, draws: Draws, given: Given) -> int:
    return campaign(plan, draws, given["community"], given["year"])


def _believe(plan: Scenario, draws: Draws, given: Given) -> Any:
    return _committee(plan, draws, given).believe(given["hearing"], given["campaign"])


def _names(ideas: Sequence[Any]) -> list[str]:
    return [idea.name for idea in ideas]


def _portfolio(plan: Scenario, draws: Draws, given: Given) -> list[str]:
    return _names(_committee(plan, draws, given).choose_portfolio(
        given["ideas"], given["believed"], given["severity"], given["places"], given["money"],
        given["scale"],
    ))


def _vote(plan: Scenario, draws: Draws, given: Given) -> list[str]:
    return _names(_committee(plan, draws, given).follow_vote(
        given["ideas"], given["ballots"], given["money"], given["reserve"]
    ))


def _choose(plan: Scenario, draws: Draws, given: Given) -> list[str]:
    committee = _committee(plan, draws, given)
    promoted = campaign(plan, draws, given["number"], given["year"])
    return _names(choose(committee, given["hearing"], given["ideas"], given["free"], promoted))


def _holders(plan: Scenario, draws: Draws, given: Given) -> list[int]:
    # All that a committee knows of a resident here is the need, and whether it is on its list.
    category = given["idea"].category
    persons = [
        SimpleNamespace(
            row=row, identity=given["base"] + row,
            needs={category: SimpleNamespace(active=True)},
            known_to={"committee": {category} if row in given["listed"] else set()},
        )
        for row in given["in need"]
    ]
    return _committee(plan, draws, given).name_holders(
        given["idea"], given["told"], persons, given["places"]
    )


def _file(plan: Scenario, draws: Draws, given: Given) -> File:
    committee = _committee(plan, draws, given)
    promoted = campaign(plan, draws, given["number"], given["year"])
    return write_file(committee, given["hearing"], given["residents"], given["idea"],
                      given["year"], given["now"], promoted)


def _office(draws: Draws, given: Given) -> Office:
    office = Office(given["desk"], 0, Timeline(), draws)
    office.number = given["number"]
    return office


def _days(plan: Scenario, draws: Draws, given: Given) -> float:
    return _office(draws, given).days_of_work(given["identity"], given["visit"])


def _return(plan: Scenario, draws: Draws, given: Given) -> bool:
    office = _office(draws, given)
    return office.sends_back(given["identity"], given["visit"], given["factor"])


def _street(plan: Scenario, draws: Draws, given: Given) -> Street:
    street = Street(plan, draws, 0)
    street.scandals = given.get("scandals", 0)
    return street


def _rank(plan: Scenario, draws: Draws, given: Given) -> Any:
    files = _street(plan, draws, given).rank(copy.deepcopy(given["files"]))
    return [(file.idea.name, file.rank_score) for file in files]


def _flaw(plan: Scenario, draws: Draws, given: Given) -> bool:
    return _street(plan, draws, given).finds_flaw(given["file"], given["number"])


def _money_day(plan: Scenario, draws: Draws, given: Given) -> float:
    hall = SimpleNamespace(plan=plan, draws=draws)
    return Approving(hall).money_day(given["year"])


DECISIONS: dict[str, Answer] = {
    **{f"heard by {way}": _hear for way in WAYS},
    "evidence put together": _listen,
    "one design for a bundle": _one_design,
    "campaign": _campaign,
    "shrunk estimate": _believe,
    "portfolio": _portfolio,
    "vote": _vote,
    "ideas on the table": lambda plan, draws, given: new_ideas(
        plan, draws, given["community"], given["year"]),
    "promise": lambda plan, draws, given: promise(plan, given["idea"]),
    "choice under the money": _choose,
    "named holders": _holders,
    "file": _file,
    "days at a desk": _days,
    "return": _return,
    "ranking": _rank,
    "quality and returns": lambda plan, draws, given: _street(plan, draws, given).return_factor(
        given["quality"]),
    "flaw": _flaw,
    "fear of blame": lambda plan, draws, given: _street(plan, draws, given).extra_checks(),
    "opening of the budget": _money_day,
}
