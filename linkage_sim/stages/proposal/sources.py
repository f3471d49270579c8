"""Six ways to hear what people need, each with a price, a duration and its own blind spots.

A source is a small class: `days()` says how long it takes, `estimate(ground)` what it brings.
Another source can be registered from outside:

    from linkage_sim.scenario.registry import SOURCES

    @SOURCES.register("letters")
    class Letters: ...
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from linkage_sim.kernels import listening
from linkage_sim.kernels.tables import Needs, Place
from linkage_sim.projects import N_CATEGORIES, Evidence
from linkage_sim.scenario.assumptions import Hearing as HearingAssumptions
from linkage_sim.scenario.policy import Proposal
from linkage_sim.world.columns import Float64, People, State

NO_ERROR_KNOWN = np.full(N_CATEGORIES, np.inf)


@dataclass(slots=True)
class Ground:
    """Where and when people are heard, and with what means.

    Attributes
    ----------
    district_mean : float64[8]
        Persons in need that the district's yearbook expects in a community of this size.
    campaign : int
        Category of the current campaign from above.
    hours, yuan : float
        Committee hours and money that hearing may take.
    """

    place: Place
    people: People
    state: State
    needs: Needs
    policy: Proposal
    beliefs: HearingAssumptions
    district_mean: Float64
    campaign: int
    hours: float
    yuan: float

    @property
    def size(self) -> int:
        """Residents of the community."""
        return self.place.stop - self.place.first


class Source(Protocol):
    """A way to hear people."""

    def days(self, beliefs: HearingAssumptions) -> float:
        """Days from the call until this source has spoken."""
        ...

    def estimate(self, ground: Ground) -> Evidence:
        """Hear people now; persons in need by category, at a price.

        Where the price is more than `ground.yuan` or `ground.hours`, people are not heard after
        all, and the committee follows the directive.
        """
        ...


def standard_error(heard: Float64, size: int, asked: int) -> Float64:
    """Standard error of a count estimated from a sample of `asked` out of `size` residents."""
    if asked <= 0:
        return NO_ERROR_KNOWN.copy()
    share = np.clip(heard / size, 0.0, 1.0)
    # A share of 0 or 1 in a sample is no certainty: one more of each kind (Agresti and Coull).
    share = (share * asked + 2.0) / (asked + 4.0)
    finite = max(0.0, (size - asked) / max(1, size - 1))
    return np.asarray(size * np.sqrt(share * (1.0 - share) / asked * finite))


def known_rows(ground: Ground, told: Any) -> dict[int, Any]:
    """List persons by category whose need became known."""
    first, stop = ground.place.first, ground.place.stop
    local = told[first:stop]
    return {
        category: (np.flatnonzero(local & (1 << category)) + first).astype(np.int32)
        for category in range(N_CATEGORIES)
    }


def _blank(ground: Ground) -> tuple[Float64, Any]:
    return np.zeros(N_CATEGORIES), np.zeros(ground.people.n_residents, np.uint8)


class Directive:
    """Follow the district: last year's mean and the current campaign."""

    def days(self, beliefs: HearingAssumptions) -> float:
        """Nothing has to be asked, so it takes no time."""
        return 0.0

    def estimate(self, ground: Ground) -> Evidence:
        """Take the district's figures; they miss what is special about the neighbourhood."""
        heard = ground.district_mean.copy()
        heard[ground.campaign] *= 1.0 + ground.beliefs.campaign_emphasis
        return Evidence(heard, NO_ERROR_KNOWN.copy(), {}, 0.0, 0.0, 0, sources=("directive",))


class Activists:
    """Ask those who are always there; each reports own needs and now and then a wish."""

    def days(self, beliefs: HearingAssumptions) -> float:
        """Days to ask them."""
        return beliefs.activist_days

    def estimate(self, ground: Ground) -> Evidence:
        """Extrapolate from activists, as if they were a cross-section."""
        heard, told = _blank(ground)
        beliefs = ground.beliefs
        asked = listening.ask_activists(
            ground.place, ground.policy.activists, beliefs.wish_rate, ground.people.voice,
            ground.state.active, heard, told,
        )
        return Evidence(
            heard, standard_error(heard, ground.size, asked), known_rows(ground, told),
            beliefs.activist_yuan * asked, beliefs.meeting_hours, asked, sources=("activists",),
        )


class Hotline:
    """Count complaints as they came."""

    def days(self, beliefs: HearingAssumptions) -> float:
        """Complaints are there already."""
        return 0.0

    def estimate(self, ground: Ground) -> Evidence:
        """Scale complaints up by the mean calling rate; loud and long needs weigh too much."""
        heard, told = _blank(ground)
        beliefs = ground.beliefs
        calls = listening.take_calls(
            ground.place, float(ground.policy.hotline_weeks), beliefs.hotline_rate,
            ground.people.voice, ground.needs, heard, told,
        )
        return Evidence(
            heard, standard_error(heard, ground.size, calls), known_rows(ground, told),
            beliefs.hotline_yuan, 0.0, calls, sources=("hotline",),
        )


class Survey:
    """Ask a random sample of adults about their household."""

    def days(self, beliefs: HearingAssumptions) -> float:
        """Days in the field."""
        return beliefs.survey_days

    def estimate(self, ground: Ground) -> Evidence:
        """Extrapolate from a random sample, as large as hours and money allow."""
        heard, told = _blank(ground)
        beliefs, people = ground.beliefs, ground.people
        sample = ground.policy.survey_sample
        if beliefs.survey_hours > 0.0:
            sample = min(sample, int(ground.hours / beliefs.survey_hours))
        if beliefs.survey_yuan > 0.0:
            sample = min(sample, int(ground.yuan / beliefs.survey_yuan))
        ranks = np.empty(ground.size)
        adults = listening.survey_ranks(ground.place, people.age_group, ranks)
        sample = max(0, min(sample, adults))
        order = np.argsort(ranks, kind="stable")[:sample]
        chosen = np.sort(order.astype(np.int64) + ground.place.first)
        respondents, persons = listening.take_survey(
            ground.place, chosen, beliefs.survey_response, beliefs.response_trust,
            beliefs.household_report, people.household, ground.state.trust, ground.state.active,
            heard, told,
        )
        return Evidence(
            heard, standard_error(heard, ground.size, persons), known_rows(ground, told),
            beliefs.survey_yuan * sample, beliefs.survey_hours * sample, respondents,
            sources=("survey",),
        )


class Assembly:
    """Hear those who come to an open meeting; they also speak for people they know."""

    def days(self, beliefs: HearingAssumptions) -> float:
        """Days to call and hold it."""
        return beliefs.assembly_days

    def estimate(self, ground: Ground) -> Evidence:
        """Extrapolate from all persons spoken for."""
        heard, told = _blank(ground)
        beliefs, people = ground.beliefs, ground.people
        came, persons = listening.hold_assembly(
            ground.place, beliefs.assembly_rate, beliefs.response_trust, people.age_group,
            people.voice, ground.state.trust, people.household, people.tie_start, people.tie_to,
            ground.state.active, heard, told,
        )
        return Evidence(
            heard, standard_error(heard, ground.size, persons), known_rows(ground, told),
            beliefs.assembly_yuan, beliefs.meeting_hours, came, sources=("assembly",),
        )


class Vote:
    """Let all entitled residents vote on candidate projects."""

    def days(self, beliefs: HearingAssumptions) -> float:
        """Days to prepare and hold the vote."""
        return beliefs.vote_days

    def estimate(self, ground: Ground) -> Evidence:
        """Collect ballots; the shares of approval also say something about need.

        Ballots are secret: nobody learns who has which need.
        """
        heard, _ = _blank(ground)
        beliefs, people = ground.beliefs, ground.people
        ballots = np.zeros(ground.size, np.uint8)
        came, voters = listening.cast_ballots(
            ground.place, beliefs.turnout_base, beliefs.response_trust, people.age_group,
            people.status, people.voice, ground.state.trust, people.household,
            ground.state.active, ballots,
        )
        ballots = ballots[:voters].copy()
        for category in range(N_CATEGORIES):
            approvals = np.count_nonzero(ballots & (1 << category))
            # A voter speaks for a household, so approvals are counted per household.
            households = ground.size / _mean_household(ground)
            heard[category] = approvals / max(1, came) * households
        return Evidence(
            heard, standard_error(heard, ground.size, came), {},
            beliefs.vote_yuan * ground.size, 2.0 * beliefs.meeting_hours, came, ballots,
            sources=("vote",),
        )


def _mean_household(ground: Ground) -> float:
    first, stop = ground.place.first, ground.place.stop
    homes = int(ground.people.household[stop - 1]) - int(ground.people.household[first]) + 1
    return (stop - first) / homes
