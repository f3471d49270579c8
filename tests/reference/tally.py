"""What is counted in a community, by fiscal year and by name."""

from __future__ import annotations

from collections import defaultdict

from tests.reference.rates import WEEKS_PER_YEAR

LONGEST_WAIT_WEEKS = 52.0
EARLY_WEEKS = 26.0


class Tally:
    """Counts of one community: `tally.year_of(week)["onsets"] += 1`.

    Parameters
    ----------
    years
        Fiscal years of the run.
    first_week
        First reported week; waits of needs that began before it are not counted.
    """

    def __init__(self, years: int, first_week: int) -> None:
        self.years: list[defaultdict[str, float]] = [defaultdict(float) for _ in range(years)]
        self.first_week = first_week

    def year_of(self, week: int) -> defaultdict[str, float]:
        """Counts of the fiscal year a week belongs to."""
        return self.years[week // WEEKS_PER_YEAR]

    def book_wait(self, begun: float, waited: float, served: bool) -> None:
        """Book how long a need waited for its first contact, or in vain, cut at a year.

        It counts in the year in which the need began. Source: model.md section 11,
        time_to_service_weeks and served_within_26_weeks.
        """
        if begun < self.first_week or int(begun) // WEEKS_PER_YEAR >= len(self.years):
            return
        year = self.years[int(begun) // WEEKS_PER_YEAR]
        year["episodes"] += 1.0
        year["wait_weeks"] += min(waited, LONGEST_WAIT_WEEKS)
        if served and waited <= EARLY_WEEKS:
            year["served_early"] += 1.0
