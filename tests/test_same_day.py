"""Files that reach a desk on the same day: chance says whose is on top, anew every year."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import spearmanr

from linkage_sim.model import LinkageModel
from linkage_sim.scenario.schema import Scenario
from linkage_sim.stages.proposal.stage import ProposalStage

# One officer for all communities of a street, and half a day for each file: a long line.
LINE: dict[str, Any] = {
    "world.communities": 12, "world.communities_per_street": 12, "world.residents": 60,
    "run.years": 3, "run.warmup_years": 0, "assumptions.officials.background_load": 0.0,
    "policy.approval.desks": [{"name": "street", "officers": 1, "mean_days": 0.5,
                               "distribution": "fixed", "return_probability": 0.0,
                               "shared_by": "street"}],
}


def waits(seed: int) -> np.ndarray:
    """Mean days to a decision: years by communities."""
    files = LinkageModel(Scenario().with_values(LINE), seed=seed).run().approval.files
    return np.array([[np.mean([item.decided_day - item.submitted_day for item in files
                               if (item.year, item.candidate.community) == (year, number)])
                      for number in range(12)] for year in range(3)])


def correlations() -> list[float]:
    return [float(spearmanr(np.arange(12), year).statistic)
            for seed in range(8) for year in waits(seed)]


@pytest.mark.statistical
def test_a_high_number_waits_no_longer() -> None:
    found = correlations()
    # Under chance a rank correlation of twelve has the standard deviation 1/sqrt(11).
    assert abs(np.mean(found)) < 3.3 / np.sqrt(11 * len(found))
    assert np.std(found) == pytest.approx(1 / np.sqrt(11), rel=0.4)


def test_who_is_first_differs_between_years() -> None:
    assert len({int(year.argmin()) for seed in range(3) for year in waits(seed)}) > 3


def test_by_number_the_same_would_wait_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ProposalStage, "_in_line", lambda self, year: self.model.committees)
    assert min(correlations()) > 0.9
