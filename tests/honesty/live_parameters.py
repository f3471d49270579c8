"""Every lever and assumption with the values it is moved between, and what has to be on for it."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any, NamedTuple

from pydantic import BaseModel

from linkage_sim.scenario.fields import CATEGORIES, ByCategory, by_category
from linkage_sim.scenario.policy import DEFAULT_DESKS, Desk
from linkage_sim.scenario.schema import Parameter, Scenario, parameters

P, A, I = "policy.proposal.", "policy.approval.", "policy.implementation."  # noqa: E741
E, L = "policy.evaluation.", "policy.linkage."
NEEDS, PROVISION, HEARING, OFFICIALS, DELIVERY, EFFORT, STAFF, VOLUNTEERS, CHECKING, OPINION, \
    MARKET, LINKAGE = (f"assumptions.{part}." for part in (
        "needs", "provision", "hearing", "officials", "delivery", "effort", "staff", "volunteers",
        "checking", "opinion", "market", "linkage"))
DESKS = A + "desks"
REGISTERED = "registered_for_a_test"


class Given(NamedTuple):
    """What is switched on in both runs, why, and for which parameters."""

    why: str
    on: dict[str, Any]
    names: tuple[str, ...]


class Case(NamedTuple):
    """One parameter, the values it is moved between, and what holds in all its runs."""

    name: str
    values: tuple[Any, ...]
    on: dict[str, Any]


def _under(prefix: str, names: str) -> tuple[str, ...]:
    return tuple(prefix + name for name in names.split())


def desks(number: int, **changes: Any) -> list[dict[str, Any]]:
    """Give the usual desks, one of them changed."""
    found = [desk.model_dump() for desk in DEFAULT_DESKS]
    found[number].update(changes)
    return found


# Where the schema gives no range, or its ends mean the same: the values to compare.
VALUES: dict[str, tuple[Any, ...]] = {
    P + "method": ("mixed", "directive", "activists", "hotline", "survey", "assembly", "vote",
                   REGISTERED),
    P + "weights.other": ({}, {REGISTERED: 1.0}),
    P + "open_categories": (list(CATEGORIES), ["culture", "health"]),
    A + "fixed_latency_days": (0.0, 364.0, False),
    DESKS: ([desk.model_dump() for desk in DEFAULT_DESKS],
            [desk.model_dump() for desk in DEFAULT_DESKS[1:3]]),
    A + "fast_track_desks": (["street office", "contract"], ["contract"]),
    A + "rule": ("criteria", REGISTERED),
    E + "weights.other": ({}, {REGISTERED: 1.0}),
    # 0 is never; 260 weeks would come after the end of these runs, which is never too.
    L + "meeting_every_weeks": (0, 4),
    EFFORT + "strategy": ("best_response", REGISTERED),
    OPINION + "trust_start": ("stationary", 0.0, 1.0),
}
# Tables without a declared range, moved part by part.
TABLES: dict[str, tuple[Any, Any]] = {
    P + "weights": (0.0, 1.0), A + "criteria": (0.0, 1.0), E + "weights": (0.0, 1.0),
    **dict.fromkeys(_under(EFFORT, "value activity satisfaction_chosen satisfaction_random "
                           "outcome"), (0.0, 1.0)),
    NEEDS + "prevalence": (0.0, 0.3),
}
# The desk at which a field is moved, and the values it takes there.
DESK_FIELDS: dict[str, tuple[int, tuple[Any, ...]]] = {
    "name": (1, ("street office", "another name")),
    "officers": (2, (1, 50)),
    "mean_days": (2, (0.0, 60.0)),
    "distribution": (2, typing.get_args(Desk.model_fields["distribution"].annotation)),
    "variation": (2, (0.0, 3.0)),
    "service_days": (2, ([], [1.0, 90.0])),
    "return_probability": (2, (0.0, 0.9)),
    "statutory_days": (4, (0.0, 60.0)),
    "meeting_gap_days": (1, ([], [60.0])),
    "shared_by": (2, typing.get_args(Desk.model_fields["shared_by"].annotation)),
    "ranks": (2, (False, True)),
    "catches": (2, (False, True)),
}
OUTCOME_WEIGHT = {E + "weights": {"activity": 0.3, "documents": 0.1, "satisfaction": 0.2,
                                  "outcome": 0.4}}
CAMPAIGNS = {L + "campaigns_per_year": 6, L + "campaign_weeks": 6.0}
STRICT = {DESKS: desks(0, return_probability=0.5)}
FLAWED = {OFFICIALS + "flaw_share": 0.5}
PAIR = {"world.communities": 2}
LATER = {"run.years": 3}
# Where organizations are much alike, what they are known for decides who wins.
ALIKE = {MARKET + "competence_sd": 0.05, DELIVERY + "perception_noise": 0.05, **LATER}
# Where most of a contract is paid late, wages have to wait.
LATE = {E + "last_tranche_share": 0.6, E + "tranche_delay_days": 300.0, **LATER}
GIVEN = (
    Given("residents are surveyed", {P + "method": "survey"}, (
        P + "survey_sample", *_under(HEARING, "survey_response response_trust household_report "
                                     "survey_yuan survey_hours survey_days most_spent_share"))),
    Given("the hotline is listened to", {P + "method": "hotline"}, (
        P + "hotline_weeks", *_under(HEARING, "hotline_rate hotline_yuan"))),
    Given("an assembly is held", {P + "method": "assembly"},
          _under(HEARING, "assembly_rate assembly_yuan assembly_days")),
    Given("residents vote", {P + "method": "vote"}, (
        P + "vote_rule", *_under(HEARING, "turnout_base vote_yuan vote_days"))),
    Given("files are sent back often", STRICT,
          (HEARING + "costed_budget", *_under(OFFICIALS, "return_quality rework_days"))),
    Given("some files take the fast track", {A + "fast_track_below_yuan": 1e7},
          (A + "fast_track_desks",)),
    Given("many projects are flawed", FLAWED, (OFFICIALS + "flaw_skill", DESKS + ".catches")),
    Given("flawed projects come out, and officers fear blame",
          {**FLAWED, OFFICIALS + "scandal_probability": 1.0, **LATER}, (L + "blame_cost",)),
    Given("officers fear blame", {**FLAWED, L + "blame_cost": 3.0, **LATER},
          (OFFICIALS + "scandal_probability",)),
    Given("a desk draws from observed days", {DESKS: desks(2, distribution="empirical")},
          (DESKS + ".service_days",)),
    Given("observed days are there to draw from", {DESKS: desks(2, service_days=[1.0, 90.0])},
          (DESKS + ".distribution",)),
    Given("several communities, streets and districts share desks",
          {"world.communities": 8, "world.communities_per_street": 2,
           "world.streets_per_district": 2}, (DESKS + ".shared_by",)),
    Given("two communities can buy together", PAIR, (I + "bundle_communities",)),
    Given("two communities buy together", {**PAIR, I + "bundle_communities": 2},
          (DELIVERY + "bundle_notice_days",)),
    Given("many come and go, and open places have to be filled",
          {"world.floating_share": 0.8, NEEDS + "move_per_year": 0.8,
           DELIVERY + "roster_share": 0.0}, (DELIVERY + "awareness_newcomers",)),
    Given("all places are open to whom the organization finds",
          {DELIVERY + "roster_share": 0.0},
          _under(DELIVERY, "awareness_start awareness_per_hour search_half")),
    Given("places are re-screened", {I + "rescreen": True}, (DELIVERY + "rescreen_hours",)),
    Given("organizations may re-target", {I + "autonomy_share": 0.5},
          (DELIVERY + "retarget_hours",)),
    Given("a contract can go on for another year", LATER, (I + "contract_years",)),
    Given("the money is there when a tender ends", {A + "budget_open_day": 0.0, **LATER},
          (I + "tender",)),
    Given("awards are negotiated among organizations much alike",
          {I + "tender": "negotiated", **ALIKE}, (
              DELIVERY + "tender_days_negotiated", EFFORT + "negotiated_relationship")),
    Given("awards are negotiated, and contracts signed while others are still awarded",
          {I + "tender": "negotiated", A + "budget_open_day": 0.0, **ALIKE},
          (MARKET + "relationship_gain",)),
    Given("incumbents are renewed", {I + "tender": "incumbent", **LATER},
          (DELIVERY + "tender_days_incumbent",)),
    Given("there is a station", {I + "station_share": 0.4}, (PROVISION + "station_workers",)),
    Given("there is a time bank", {I + "time_bank": True},
          _under(VOLUNTEERS, "time_bank_gain time_bank_crowding time_bank_hours "
                 "time_bank_redeemed time_bank_default")),
    Given("there are campaigns", CAMPAIGNS,
          (L + "campaign_weeks", OFFICIALS + "campaign_organization_share")),
    Given("campaigns are long, and places open to whom the committee has told",
          {L + "campaigns_per_year": 6, L + "campaign_weeks": 8.0, DELIVERY + "roster_share": 0.0},
          (OFFICIALS + "campaign_committee_share",)),
    Given("campaigns take many hours", {**CAMPAIGNS,
                                        OFFICIALS + "campaign_organization_share": 0.5},
          (L + "duties_cap",)),
    Given("the directive is listened to", {P + "method": "directive"},
          (HEARING + "campaign_emphasis",)),
    Given("outcomes are measured and paid for, over years", {**OUTCOME_WEIGHT, **LATER}, (
        *_under(EFFORT, "risk_aversion belief_start belief_variance learning outcome.substance "
                "outcome.showcase"), *_under(CHECKING, "outcome_yuan outcome_noise"))),
    Given("outcomes are measured, free of charge", {**OUTCOME_WEIGHT, CHECKING + "outcome_yuan": 0},
          (E + "outcome_sample",)),
    Given("interviews are free of charge", {CHECKING + "satisfaction_yuan": 0},
          (E + "survey_sample",)),
    Given("samples are free of charge", {CHECKING + "sampling_yuan": 0}, (E + "respondents",)),
    Given("audits are free of charge", {CHECKING + "audit_yuan": 0}, (E + "audit_probability",)),
    Given("evaluation is free of charge, whoever does it",
          {CHECKING + "third_party_share": 0, CHECKING + "in_house_yuan": 0}, (E + "third_party",)),
    Given("publishing is free of charge, and scores of organizations much alike have come out",
          {CHECKING + "publication_yuan": 0, **ALIKE}, (E + "publication",)),
    Given("mid-term checks are free of charge", {CHECKING + "midterm_yuan": 0},
          (I + "midterm_check",)),
    Given("asking activists is free of charge", {HEARING + "activist_yuan": 0},
          (P + "activists",)),
    Given("respondents are drawn by chance", {E + "respondents": "random"},
          (CHECKING + "sampling_yuan", *_under(EFFORT, "satisfaction_random.substance "
                                               "satisfaction_random.showcase"))),
    Given("a third party evaluates", {E + "third_party": True}, (CHECKING + "third_party_share",)),
    Given("there is a mid-term check", {I + "midterm_check": True, E + "last_tranche_share": 0.5},
          _under(CHECKING, "midterm_yuan midterm_line midterm_withhold")),
    Given("scores are published", {E + "publication": True}, (CHECKING + "publication_yuan",)),
    Given("wages have to wait for the last tranche", LATE,
          (E + "tranche_delay_days", STAFF + "quit_late_pay")),
    Given("contracts are signed while others are still awarded", {A + "budget_open_day": 0.0},
          (MARKET + "crowding",)),
    Given("contracts were won and scores known in earlier years", ALIKE,
          _under(MARKET, "entry_per_year reputation_start reputation_memory renewal_bonus")),
)


def leaves() -> list[Parameter]:
    """List levers and assumptions; tables part by part, but one number by category as a whole."""
    found = []
    for item in (*parameters("lever"), *parameters("assumption")):
        found.extend(_parts(item))
    return found


def _parts(item: Parameter) -> list[Parameter]:
    if not isinstance(item.default, BaseModel) or isinstance(item.default, ByCategory):
        return [item]
    low, high = TABLES.get(item.name, (item.low, item.high))
    return [dataclasses.replace(item, name=f"{item.name}.{part}", default=value, low=low, high=high)
            for part, value in item.default]


def _choices(name: str) -> tuple[Any, ...]:
    """Give every choice a field allows, if it allows a list of choices."""
    section: Any = Scenario
    *path, last = name.split(".")
    for part in path:
        section = section.model_fields[part].annotation
        if not hasattr(section, "model_fields"):
            return ()
    annotation = section.model_fields[last].annotation
    return typing.get_args(annotation) if typing.get_origin(annotation) is typing.Literal else ()


def values_of(item: Parameter) -> tuple[Any, ...]:
    """Give the values to compare: those written above, every choice, or both ends of the range."""
    if item.name in VALUES:
        return VALUES[item.name]
    if isinstance(item.default, bool):
        return False, True
    if isinstance(item.default, ByCategory):
        return tuple(by_category(end).model_dump() for end in (item.low, item.high))
    if isinstance(item.default, int | float):
        return tuple(type(item.default)(end) for end in (item.low, item.high))
    return _choices(item.name)


def cases() -> list[Case]:
    """Give every case: levers, assumptions, and the fields inside a desk."""
    on = {name: given.on for given in GIVEN for name in given.names}
    found = [Case(item.name, values_of(item), on.get(item.name, {})) for item in leaves()]
    for field, (number, values) in DESK_FIELDS.items():
        name = f"{DESKS}.{field}"
        base = on.get(name, {}).get(DESKS, desks(number))
        lists = tuple([{**desk, **({field: value} if place == number else {})}
                       for place, desk in enumerate(base)] for value in values)
        found.append(Case(name, lists, on.get(name, {})))
    return found
