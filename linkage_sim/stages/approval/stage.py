"""From submission to a decision: the desks of every street, district and the city."""

from __future__ import annotations

import math
from typing import Any

from linkage_sim.draws import identity_of
from linkage_sim.projects import Decision, File, Ledger
from linkage_sim.scenario.policy import Desk
from linkage_sim.stages.approval.desks import (
    VISITS_A_YEAR,
    DeskQueue,
    Route,
    feed_background,
)
from linkage_sim.timeline import DAYS_PER_YEAR

UNITS = 1 << 16


class ApprovalStage:
    """Stage 2 for all communities of a model.

    Parameters
    ----------
    model
        The model whose timeline, actors and ledgers are used.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.plan = model.plan
        self.policy = model.plan.policy.approval
        self.files: list[File] = []
        # Without a decision, in the order of submission; a city has files by the ten thousand.
        self.open: dict[tuple[str, int], File] = {}
        self.decided = 0
        self._queues: dict[tuple[str, int], DeskQueue] = {}
        self._routes: dict[tuple[str, int], Route] = {}
        self._gate: dict[tuple[int, float], list[tuple[File, Route]]] = {}

    @property
    def is_fixed(self) -> bool:
        """Whether a fixed latency replaces desks, meetings, returns and the budget's opening."""
        latency = self.policy.fixed_latency_days
        return latency is not None and latency is not False

    def open_year(self, year: int) -> None:
        """Plan the year's files of communities outside the model at shared desks."""
        load = self.plan.assumptions.officials.background_load
        self._pay_meetings(year)
        if self.is_fixed or load <= 0.0:
            return
        start = year * DAYS_PER_YEAR
        for desk in self.policy.desks:
            if desk.shared_by == "community" or desk.mean_days <= 0.0:
                continue
            rate = load * desk.officers / desk.mean_days
            units = {self._unit(desk, item.community) for item in self.model.committees}
            for unit in sorted(units):
                feed_background(
                    self._queue(desk, unit), rate, start, start + DAYS_PER_YEAR, year
                )

    def _pay_meetings(self, year: int) -> None:
        """Book officers' time in meetings, shared by all communities that a desk serves."""
        world, officials = self.plan.world, self.plan.assumptions.officials
        of_district = world.communities_per_street * world.streets_per_district
        served = {
            "community": 1, "street": world.communities_per_street, "district": of_district,
        }
        of_city = of_district * world.districts
        yuan = 0.0
        for desk in self.policy.desks:
            if desk.meeting_gap_days and not self.is_fixed:
                gap = math.fsum(desk.meeting_gap_days) / len(desk.meeting_gap_days)
                held = DAYS_PER_YEAR / gap / served.get(desk.shared_by, of_city)
                yuan += held * officials.meeting_hours * officials.officer_hour_yuan
        for committee in self.model.committees:
            key = ("meetings", committee.community, year)
            booked = self.model.mediators.through("decision", key, yuan)
            committee.ledgers[year].officer_yuan += booked

    def submit(self, files: list[File]) -> None:
        """Take in the files of one community, all at once."""
        self.files.extend(files)
        for file in files:
            self.open[(file.id, file.year)] = file
            self._note_submission(file)
        mediators, timeline = self.model.mediators, self.model.timeline
        together: list[File] = []
        if mediators.frozen("decision"):
            # Decisions of one day are carried out in the order in which they were taken.
            files = sorted(files, key=self._recorded_order)
        for file in files:
            recorded = mediators.recall("decision", ("file", file.id, file.year))
            if mediators.frozen("decision") and recorded is not None:
                timeline.plan(recorded.day, self._close, file, recorded)
            elif self.is_fixed:
                together.append(file)
            else:
                self._route(file).start()
        if together:
            latency = float(self.policy.fixed_latency_days)
            timeline.plan(timeline.day + latency, self._decide_together, together)

    def _note_submission(self, file: File) -> None:
        community, category = file.candidate.community, file.candidate.category
        if not self.model.journal.keep:
            return
        hearing = self.model.proposal.hearings.get((community, file.year))
        told = hearing.told if hearing is not None else {}
        self.model.journal.note(
            file.submitted_day, file.id, "submitted", community=community,
            heard={name: round(part.share(category), 4) for name, part in told.items()},
            weights={name: round(part.weight, 4) for name, part in told.items()},
        )

    def _recorded_order(self, file: File) -> int:
        recorded = self.model.mediators.recall("decision", ("file", file.id, file.year))
        return recorded.order if recorded is not None else 0

    def close_year(self, year: int) -> None:
        """Let every file expire that has no decision when the year's money is returned."""
        for file in list(self.open.values()):
            if file.year == year:
                del self.open[(file.id, year)]
                route = self._routes.pop((file.id, year), None)
                if route is not None:
                    route.stop()
                file.expired = True
                file.reason = "expired"
                self._release(file)
                day = self.model.timeline.day
                self.model.journal.note(
                    day, file.id, "expired", days=round(day - file.submitted_day, 2),
                    returns=file.returns,
                )

    def add_checks(self, community: int, fear: float) -> None:
        """Slow the desks of a street by the checks that officers add out of fear of blame."""
        if fear <= 0.0:
            return
        for desk in self.policy.desks:
            queue = self._queue(desk, self._unit(desk, community))
            # A desk shared by several streets goes by the one that fears most.
            queue.extra_checks = max(queue.extra_checks, fear)

    # -- the way through the desks ------------------------------------------------------------

    def _route(self, file: File) -> Route:
        desks = list(self.policy.desks)
        if file.candidate.cost_yuan < self.policy.fast_track_below_yuan:
            wanted = set(self.policy.fast_track_desks)
            desks = [desk for desk in desks if desk.name in wanted] or desks
        community = file.candidate.community
        route = Route(
            file,
            file.candidate.identity,
            [self._queue(desk, self._unit(desk, community)) for desk in desks],
            self.policy.parallel,
            self.plan.assumptions.officials.rework_days,
            self.model.street_of(community).return_factor(file),
            on_done=self._passed,
            on_desk=self._left_desk,
            on_gate=self._at_gate,
            first_visit=file.year * VISITS_A_YEAR,
        )
        self._routes[(file.id, file.year)] = route
        return route

    def _queue(self, desk: Desk, unit: int) -> DeskQueue:
        key = (desk.name, unit)
        if key not in self._queues:
            self._queues[key] = DeskQueue(
                desk, desk_number(desk, unit), self.model.timeline, self.model.draws
            )
        return self._queues[key]

    def _unit(self, desk: Desk, community: int) -> int:
        if desk.shared_by == "community":
            return community
        if desk.shared_by == "street":
            return int(self.model.street_of(community).number)
        return int(self.model.district_of(community)) if desk.shared_by == "district" else 0

    def _left_desk(self, route: Route, queue: DeskQueue, returned: bool) -> None:
        file: File = route.file
        street = self.model.street_of(file.candidate.community)
        file.visits += 1
        file.officer_yuan += street.visit_cost(queue.extra_checks)
        flawed = not returned and queue.desk.catches and street.finds_flaw(file, queue.number)
        self._note_visit(route, queue, returned, flawed)
        if returned:
            file.returns += 1
        elif flawed:
            route.stop()
            self._decide(file, False, "flaw found")

    def _note_visit(self, route: Route, queue: DeskQueue, returned: bool, flawed: bool) -> None:
        visit, day = route.last, self.model.timeline.day
        if visit is None or not self.model.journal.keep:
            return
        reason = "flaw found" if flawed else "in order"
        mending: dict[str, float] = {}
        if returned:
            # Would the desk have sent back an exact estimate of need too? Then it was routine.
            exact = self.model.street_of(route.file.candidate.community).return_factor_at(1.0)
            routine = queue.returns(route.identity, route.visit, exact)
            reason = "routine correction" if routine else "uncertain estimate"
            chance = min(1.0, queue.desk.return_probability * route.return_factor)
            mending = {"rework_days": float(route.rework_days), "chance": round(chance, 4)}
        days = day - visit.arrived
        self.model.journal.note(
            day, route.file.id, "desk", desk=queue.desk.name, returned=returned,
            visit=route.round + 1, reason=reason, days=round(days, 2),
            waited_days=round(max(0.0, days - visit.worked), 2), **mending,
        )

    def _at_gate(self, route: Route) -> None:
        # All files that reach the street office's meeting on one day are ranked together.
        street = self.model.street_of(route.file.candidate.community)
        key = (street.number, self.model.timeline.day)
        waiting = self._gate.setdefault(key, [])
        waiting.append((route.file, route))
        if len(waiting) == 1:
            self.model.timeline.plan(self.model.timeline.day, self._rank, key)

    def _rank(self, key: tuple[int, float]) -> None:
        waiting = self._gate.pop(key)
        routes = {id(file): route for file, route in waiting}
        street = self.model.streets[key[0]]
        for file in street.rank([file for file, _ in waiting], self.policy):
            route = routes[id(file)]
            if self._bind(file):
                route.go_on()
            else:
                route.stop()
                self._decide(file, False, "no money left")

    def _passed(self, route: Route) -> None:
        file: File = route.file
        bound = any(queue.desk.ranks for queue in route.queues)
        if bound or self._bind(file):
            self._decide(file, True, "approved")
        else:
            self._decide(file, False, "no money left")

    def _decide_together(self, files: list[File]) -> None:
        # A file that expired with its year is not decided in the next one.
        files = [file for file in files if not file.expired]
        if not files:
            return
        street = self.model.street_of(files[0].candidate.community)
        catching = [desk for desk in self.policy.desks if desk.catches]
        sound = []
        for file in files:
            file.visits = len(self.policy.desks)
            file.officer_yuan = street.visit_cost(street.extra_checks()) * file.visits
            community = file.candidate.community
            numbers = [desk_number(desk, self._unit(desk, community)) for desk in catching]
            if any(street.finds_flaw(file, number) for number in numbers):
                self._decide(file, False, "flaw found")
            else:
                sound.append(file)
        for file in street.rank(sound, self.policy):
            if self._bind(file):
                self._decide(file, True, "approved")
            else:
                self._decide(file, False, "no money left")

    # -- decisions and money ------------------------------------------------------------------

    def _ledger(self, file: File) -> Ledger:
        committee = self.model.committees[file.candidate.community]
        return committee.ledgers[file.year]

    def _bind(self, file: File) -> bool:
        if file.approved:
            return True  # sent back after the ranking and ranked again: its money is bound already
        ledger = self._ledger(file)
        if file.candidate.cost_yuan > ledger.free + 1e-6:
            return False
        ledger.bound += file.candidate.cost_yuan
        file.approved = True
        return True

    def _release(self, file: File) -> None:
        if file.approved:
            self._ledger(file).bound -= file.candidate.cost_yuan
            file.approved = False

    def _decide(self, file: File, approved: bool, reason: str) -> None:
        self._routes.pop((file.id, file.year), None)
        day = self.model.timeline.day
        self.decided += 1
        decision = Decision(approved, day, reason, file.officer_yuan, self.decided)
        key = ("file", file.id, file.year)
        decision = self.model.mediators.through("decision", key, decision)
        if not approved:
            self._release(file)
        self._record(file, decision)

    def _close(self, file: File, decision: Decision) -> None:
        """Carry out a decision taken over from another run."""
        self.model.mediators.through("decision", ("file", file.id, file.year), decision)
        if decision.approved:
            self._ledger(file).bound += file.candidate.cost_yuan
        self._record(file, decision)

    def _record(self, file: File, decision: Decision) -> None:
        self.open.pop((file.id, file.year), None)
        file.approved = decision.approved
        file.decided_day = self.model.timeline.day
        file.reason = decision.reason
        file.officer_yuan = decision.officer_yuan
        self._ledger(file).officer_yuan += decision.officer_yuan
        self.model.journal.note(
            file.decided_day, file.id, "decided", approved=decision.approved,
            reason=decision.reason, days=round(file.decided_day - file.submitted_day, 2),
            returns=file.returns, score=_or_none(file.rank_score),
        )
        if decision.approved:
            self.model.implementation.award(file)
        else:
            committee = self.model.committees[file.candidate.community]
            if not file.candidate.returning and decision.reason == "no money left":
                file.candidate.returning = True
                committee.drawer.append(file.candidate)

    def money_day(self, year: int) -> float:
        """Give the first day on which the year's money can be used."""
        start = float(year * DAYS_PER_YEAR)
        opening = 0.0 if self.is_fixed else self.policy.budget_open_day
        day = self.model.mediators.through("decision", ("opening", year), opening)
        return start + float(day)


def desk_number(desk: Desk, unit: int) -> int:
    """Permanent number of a desk, from its name: it keeps its chances when others are removed."""
    return identity_of(desk.name) % (1 << 15) * UNITS + unit


def _or_none(value: float) -> float | None:
    return None if value != value else round(value, 4)
