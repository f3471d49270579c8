"""Limits from theory: the model's own code must meet what can be worked out by hand.

Each function runs the real code on a place made neutral by public parameters and gives
(observed, expected, standard_error); `agrees` says whether that is close enough, `all_limits`
lists every limit with the numbers it is checked at.
"""

from linkage_sim.verification.choices import effort_mix, survey_error, voice_bias, vote_winners
from linkage_sim.verification.lasting import (
    expectation_fixed_point,
    satisfaction_fixed_point,
    volunteer_share,
    worker_tenure,
)
from linkage_sim.verification.limits import Check, Limit, all_limits
from linkage_sim.verification.needs import delayed_match, need_autocorrelation, need_prevalence
from linkage_sim.verification.queues import (
    approval_wait,
    batch_wait,
    files_at_desks,
    general_service_wait,
    service_spread,
)
from linkage_sim.verification.tolerance import agrees

__all__ = [
    "Check",
    "Limit",
    "agrees",
    "all_limits",
    "approval_wait",
    "batch_wait",
    "delayed_match",
    "effort_mix",
    "expectation_fixed_point",
    "files_at_desks",
    "general_service_wait",
    "need_autocorrelation",
    "need_prevalence",
    "satisfaction_fixed_point",
    "service_spread",
    "survey_error",
    "voice_bias",
    "volunteer_share",
    "vote_winners",
    "worker_tenure",
]
