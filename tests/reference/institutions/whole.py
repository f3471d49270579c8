"""The whole reference: residents and institutions, nobody is told anything."""

from __future__ import annotations

from linkage_sim.scenario.schema import Scenario
from tests.reference.community import Community
from tests.reference.institutions.hall import STAFF_WEEKS, Hall
from tests.reference.institutions.papers import Agreement
from tests.reference.lists import MONTHS_PER_YEAR
from tests.reference.rates import WEEKS_PER_YEAR
from tests.reference.record import Signed, Week, Working
from tests.reference.services import DAYS
from tests.reference.town import Town


class WholeTown(Town):
    """A town that decides for itself; `decisions` fills week by week with what it decided."""

    def __init__(self, plan: Scenario, seed: int) -> None:
        super().__init__(plan, seed, [])
        self.decisions = []
        self.hall = Hall(self)

    def step(self) -> None:
        """Let institutions act up to the end of the week, then let the week be lived."""
        week, hall = self.week, self.hall
        hall.week = week
        if week % WEEKS_PER_YEAR == 0:
            hall.open_year(week // WEEKS_PER_YEAR)
        hall.timeline.run_until(DAYS * (week + 1))
        hall.carry_refused(week, self.campaign_part(week))
        self.decisions.append(self._decided())
        super().step()

    def _decided(self) -> Week:
        """Write down what institutions decided, as a record of the engine would have it."""
        hall = self.hall
        heard, hall.proposing.heard_now = hall.proposing.heard_now, []
        return Week(
            heard=heard,
            signed=[self._signed(item) for item in hall.begun],
            working=[self._working(item) for item in hall.contracting.running],
            committee_hours=[committee.hours_left for committee in hall.committees],
            committee_year=[committee.hours_per_year for committee in hall.committees],
        )

    @staticmethod
    def _signed(item: Agreement) -> Signed:
        file, idea = item.file, item.file.idea
        return Signed(
            number=item.number, community=idea.community, identity=idea.identity,
            organization=item.organization.number, category=idea.category,
            start_day=item.signed_day, end_day=item.end_day, places=item.places,
            named=file.roster, submitted_day=file.submitted_day, autonomy=item.autonomy,
            competence=item.competence,
        )

    @staticmethod
    def _working(item: Agreement) -> Working:
        mix = item.mixes[-1]
        return Working(
            item.number, item.weekly_hours, mix.substance, mix.showcase, mix.documents,
            item.skill, item.hours_factor, item.end_factor,
        )

    def _hear_and_sign(self, decided: Week) -> None:
        super()._hear_and_sign(decided)
        for item in self.hall.begun:
            item.work = self.contracts[item.number]
        self.hall.begun = []

    def _serve(self, week: int) -> None:
        super()._serve(week)
        if (week + 1) % STAFF_WEEKS == 0:
            self.hall.end_month(week)

    def _live_together(self, week: int, decided: Week) -> None:
        decided.leading = [0] * len(self.communities)
        for item in self.hall.contracting.running:
            if item.leader is not None:
                decided.leading[item.file.idea.community] += 1
        if self.meets(week):
            for committee in self.hall.committees:
                committee.spend_hours(self.plan.assumptions.linkage.meeting_hours)
        super()._live_together(week, decided)

    def _find_and_tell(
        self, community: Community, week: int, free: float, of_year: float, leading: int
    ) -> None:
        committee = self.hall.committees[community.number]
        committee.spend_hours(self.joining.bank_hours * community.volunteers / MONTHS_PER_YEAR)
        committee.spend_hours(of_year / MONTHS_PER_YEAR)
        super()._find_and_tell(community, week, free, of_year, leading)

    def _end_year(self, week: int) -> None:
        super()._end_year(week)
        self.hall.close_year(week // WEEKS_PER_YEAR)
