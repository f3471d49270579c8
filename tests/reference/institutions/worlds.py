"""Worlds to compare institutions on: one for each mechanism, and any number by chance."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from linkage_sim.scenario.fields import CATEGORIES
from tests.reference.cases import CHOICES, METHODS, SMALL, Case

P, A, I, E = (  # noqa: E741
    "policy.proposal.", "policy.approval.", "policy.implementation.", "policy.evaluation.",
)
H, O, M, S, K, F = (  # noqa: E741
    "assumptions.hearing.", "assumptions.officials.", "assumptions.market.", "assumptions.staff.",
    "assumptions.checking.", "assumptions.effort.",
)

# Somewhat smaller, longer and with more happening in offices than the worlds of residents.
BUSY: dict[str, Any] = {
    **SMALL, "world.residents": 60, "run.years": 2, O + "flaw_share": 0.3,
    "world.organizations": 3, "world.staff_per_organization": 4,
}
DESKS: dict[str, Any] = {**BUSY, A + "fixed_latency_days": False}
MANY_DESKS = [
    {"name": "check", "mean_days": 3.0, "distribution": "exponential", "shared_by": "community",
     "return_probability": 0.6},
    {"name": "street", "mean_days": 4.0, "distribution": "gamma", "ranks": True,
     "shared_by": "street", "meeting_gap_days": [3.0, 4.0]},
    {"name": "bureau", "mean_days": 5.0, "distribution": "empirical", "officers": 2,
     "service_days": [1.0, 4.5, 12.0], "return_probability": 0.3, "shared_by": "district",
     "meeting_gap_days": [14.0]},
    {"name": "notice", "mean_days": 0.0, "distribution": "fixed", "statutory_days": 7.0,
     "officers": 1000, "shared_by": "city", "catches": False, "meeting_gap_days": [2.0]},
    {"name": "contract", "mean_days": 2.0, "variation": 0.0, "meeting_gap_days": [10.0],
     "catches": False},
]


def only(indicator: str) -> dict[str, float]:
    """Weights of an evaluation by one indicator alone."""
    names = ("activity", "documents", "satisfaction", "outcome")
    return {name: 1.0 if name == indicator else 0.0 for name in names}


def hears(method: str, **more: Any) -> Case:
    """A world in which people are heard in one way; `happened` names the source."""
    return Case({**BUSY, P + "method": method, **more}, (f"heard by {method}",))


CASES: dict[str, Case] = {
    "directive": hears("directive"),
    "activists": hears("activists"),
    "hotline": hears("hotline", **{H + "hotline_yuan": 1.0, H + "hotline_rate": 0.2}),
    "survey": hears("survey", **{H + "survey_yuan": 1.0, P + "survey_sample": 20}),
    "survey of one": hears("survey", **{H + "household_report": False, P + "survey_sample": 9}),
    "assembly": hears("assembly", **{H + "assembly_yuan": 1.0, H + "assembly_rate": 0.5}),
    "equal shares": hears("vote", **{H + "turnout_base": 0.9}),
    "greedy vote": hears("vote", **{H + "turnout_base": 0.9, P + "vote_rule": "greedy"}),
    "everybody at once": Case(
        {**BUSY, P + "weights": {"directive": 1.0, "activists": 2.0, "hotline": 1.0,
                                 "survey": 1.0, "assembly": 1.0, "vote": 1.0},
         H + "hotline_yuan": 500.0, H + "assembly_yuan": 500.0},
        ("heard by activists", "heard by survey", "heard by vote"),
    ),
    "no money to hear": Case(
        {**BUSY, P + "method": "assembly", H + "assembly_yuan": 1e6}, ("heard by directive",)
    ),
    "one design for two communities": Case(
        {**BUSY, "world.communities": 2, "world.residents": 85, I + "bundle_communities": 2,
         P + "method": "vote", H + "turnout_base": 0.9}, ("heard by vote", "signed"),
    ),
    "a closed market": Case({**BUSY, P + "open_categories": list(CATEGORIES[:3])}, ("signed",)),
    "desks": Case({**DESKS, A + "budget_open_day": 20.0}, ("decided", "signed")),
    "desks of every kind, in parallel": Case(
        {**DESKS, A + "desks": MANY_DESKS, A + "parallel": True, A + "budget_open_day": 0.0},
        ("decided", "returned", "signed"),
    ),
    "desks in a row": Case(
        {**DESKS, A + "desks": MANY_DESKS, O + "background_load": 0.9, O + "rework_days": 4.0},
        ("decided", "returned", "waited"),
    ),
    "fast track": Case(
        {**DESKS, A + "desks": MANY_DESKS, A + "fast_track_below_yuan": 11_000.0,
         A + "fast_track_desks": ["street", "contract"]}, ("decided", "signed"),
    ),
    "files that expire": Case({**DESKS, O + "rework_days": 150.0, A + "desks": MANY_DESKS},
                              ("expired",)),
    "flaws, scandals and blame": Case(
        {**DESKS, O + "flaw_share": 0.9, O + "scandal_probability": 0.9,
         O + "catch_probability": 0.1, "policy.linkage.blame_cost": 3.0}, ("flaw found", "scandal"),
    ),
    "files that come back": Case(
        {**BUSY, "run.years": 3, H + "submission_factor": 2.5}, ("came back",)
    ),
    "negotiated": Case({**BUSY, I + "tender": "negotiated"}, ("signed",)),
    "incumbents and published scores": Case(
        {**BUSY, I + "tender": "incumbent", E + "publication": True, E + "renewal_threshold": 0.2},
        ("renewed",),
    ),
    "risk and learning": Case(
        {**BUSY, F + "risk_aversion": 2.0, E + "weights": only("outcome"),
         I + "midterm_check": True, K + "midterm_line": 1.0, "run.years": 3},
        ("learned", "withheld"),
    ),
    "effort without noise": Case({**BUSY, F + "temperature": 0.0}, ("signed",)),
    "image": Case({**BUSY, "policy.linkage.image_value": 0.7}, ("signed",)),
    "evaluation by lot": Case(
        {**BUSY, E + "respondents": "random", E + "third_party": True, E + "survey_sample": 12,
         E + "audit_probability": 0.9, K + "audit_yuan": 1.0}, ("evaluated", "audited"),
    ),
    "third party with the organization's list": Case(
        {**BUSY, E + "third_party": True, E + "survey_sample": 5}, ("evaluated",)
    ),
    "late money": Case(
        {**BUSY, E + "last_tranche_share": 0.6, E + "tranche_delay_days": 300.0}, ("paid late",)
    ),
    "burnt out": Case(
        {**BUSY, S + "quit_per_year": 0.9, S + "burnout_caseload": 0.05, S + "vacancy_weeks": 20.0,
         S + "training_weeks": 0.0}, ("quit", "hired"),
    ),
    "broke, and newcomers": Case(
        {**BUSY, "world.opening_reserve_months": 3.0, M + "overhead_share": 0.45,
         M + "outside_margin": 0.0, M + "entry_per_year": 3.0, P + "method": "assembly",
         H + "assembly_yuan": 1e5},
        ("dissolved", "entered", "heard by directive"),
    ),
    "contracts over three years": Case({**BUSY, I + "contract_years": 3, "run.years": 3},
                                       ("went on",)),
    "campaigns that may be refused": Case(
        {**BUSY, "policy.linkage.campaigns_per_year": 5, "policy.linkage.duties_cap": 0.0,
         O + "campaign_organization_share": 0.3}, ("signed",),
    ),
    "many communities": Case(
        {**DESKS, "world.communities": 3, "world.communities_per_street": 1,
         "world.streets_per_district": 2, "world.residents": 130, "run.years": 1,
         "world.communities_per_organization": 2.0, A + "budget_open_day": 30.0}, ("signed",),
    ),
}

# -- worlds by chance -------------------------------------------------------------------------

SHARE = st.floats(0.0, 1.0)
WEIGHT = st.one_of(st.just(0.0), st.floats(0.1, 1.0))


@st.composite
def desks(draw: Any) -> list[dict[str, Any]]:
    """Draw up to five desks of any kind, of which one at most ranks."""
    number = draw(st.integers(1, 5))
    ranking = draw(st.integers(0, number))
    return [
        {
            "name": f"desk {place}", "officers": draw(st.integers(1, 3)),
            "mean_days": draw(st.sampled_from([0.0, 1.0, 4.0, 12.0])),
            "distribution": draw(st.sampled_from(
                ["exponential", "lognormal", "gamma", "fixed", "empirical"])),
            "variation": draw(st.sampled_from([0.0, 0.6, 2.0])),
            "service_days": draw(st.sampled_from([[], [0.0, 3.0, 9.5]])),
            "return_probability": draw(st.sampled_from([0.0, 0.2, 0.7])),
            "statutory_days": draw(st.sampled_from([0.0, 7.0])),
            "meeting_gap_days": draw(st.sampled_from([[], [30.0], [3.0, 4.0]])),
            "shared_by": draw(st.sampled_from(["community", "street", "district", "city"])),
            "ranks": place == ranking, "catches": draw(st.booleans()),
        }
        for place in range(number)
    ]


def _weights(*names: str) -> Any:
    return st.fixed_dictionaries(dict.fromkeys(names, WEIGHT)).filter(
        lambda weights: sum(weights.values()) > 0.0
    )


OF_INSTITUTIONS: dict[str, Any] = {
    P + "method": st.sampled_from(METHODS),
    P + "weights": _weights("directive", "activists", "hotline", "survey", "assembly", "vote"),
    P + "open_categories": st.lists(st.sampled_from(CATEGORIES), min_size=1, unique=True),
    A + "desks": desks(),
    A + "criteria": _weights("alignment", "visibility", "evidence"),
    E + "weights": _weights("activity", "documents", "satisfaction", "outcome"),
    "world.organizations": st.integers(1, 5),
    "world.staff_per_organization": st.integers(1, 6),
    "world.communities_per_organization": st.sampled_from([1.0, 2.0]),
    "world.communities_per_street": st.integers(1, 2),
    "world.streets_per_district": st.integers(1, 2),
    "world.opening_reserve_months": st.sampled_from([0.5, 3.0]),
    "world.candidates_per_category": st.integers(1, 4),
    "world.budget_yuan_per_year": st.sampled_from([0.0, 30_000.0, 90_000.0]),
    "world.committee_free_share": st.sampled_from([0.0, 0.01, 0.1]),
    H + "survey_yuan": st.sampled_from([0.0, 5.0]),
    H + "hotline_yuan": st.sampled_from([0.0, 100.0]),
    H + "assembly_yuan": st.sampled_from([0.0, 100.0]),
}


# Drawn in every world: what else decides what happens at all.
ALWAYS = (P + "method", A + "desks", E + "weights", "world.staff_per_organization")


@st.composite
def office_worlds(draw: Any, most_residents: int, most_years: int) -> dict[str, Any]:
    """Draw a world: desks, weights, market, and up to twenty other levers and assumptions."""
    years = draw(st.integers(1, most_years))
    rest = sorted(OF_INSTITUTIONS.keys() - set(ALWAYS))
    names = draw(st.lists(st.sampled_from(rest), unique=True, max_size=10))
    others = draw(st.lists(st.sampled_from(sorted(CHOICES)), unique=True, max_size=20))
    return {
        **SMALL,
        "world.residents": draw(st.integers(40, most_residents)),
        "world.communities": draw(st.integers(1, 3)),
        "run.years": years,
        "policy.approval.fixed_latency_days": draw(st.sampled_from([0.0, 30.0, False, False])),
        **{name: draw(CHOICES[name]) for name in others},
        I + "midterm_check": draw(st.booleans()),
        **{name: draw(OF_INSTITUTIONS[name]) for name in (*ALWAYS, *names)},
    }
