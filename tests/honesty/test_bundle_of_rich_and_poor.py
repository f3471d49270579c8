"""In a bundle, a community that cannot pay for its vote does not stop those that can."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from linkage_sim.model import LinkageModel
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.stages.proposal.stage import _one_design


def test_one_community_that_could_not_vote_leaves_it_to_the_others() -> None:
    scenario = load_scenario("toy", {"policy.proposal.method": "vote", "run.years": 1})
    model = LinkageModel(scenario, seed=1).run()
    voted = next(item for item in model.proposal.hearings.values() if item.ballots is not None)
    model.release()
    silent = replace(voted, ballots=None)
    members = [SimpleNamespace(community=0), SimpleNamespace(community=1)]
    people = SimpleNamespace(rows=lambda number: slice(100 * number, 100 * number + 100))
    design = _one_design([voted, silent], members, members[0], people)
    assert np.array_equal(design.ballots, voted.ballots)
    assert _one_design([silent, silent], members, members[0], people).ballots is None
