"""Published figures that the baseline is held against, and the assumptions that carry each.

Where each band is from stands in the catalogue under `document.band.<name>`. A figure counts as
fitted as soon as the schema declares one of its carriers as chosen for baseline figures, as
anchored where a carrier comes from the band's own source, and as predicted otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Band:
    """A figure of the baseline, and what it is compared with.

    Attributes
    ----------
    outcome : str
        Name of the outcome, in its own unit.
    low, high : float or None
        Band of published figures; None where none was found.
    carriers : tuple of str
        Dotted names of the assumptions that move the figure most.
    anchored : bool
        Whether a carrier comes from the same source as the band, so that a figure inside it proves
        little although the schema does not call the carrier fitted.
    prototype : float or None
        What an earlier, smaller prototype of the same model gave.
    """

    outcome: str
    low: float | None = None
    high: float | None = None
    carriers: tuple[str, ...] = ()
    anchored: bool = False
    prototype: float | None = None


OPINION, DELIVERY = "assumptions.opinion.", "assumptions.delivery."
STAFF, VOLUNTEERS = "assumptions.staff.", "assumptions.volunteers."
MISSION = "assumptions.effort.mission_mean"
RENEWAL = "assumptions.effort.renewal_value"

BANDS: tuple[Band, ...] = (
    Band(
        "satisfaction_reported", 0.85, 0.98, prototype=0.95,
        carriers=(f"{OPINION}base", f"{OPINION}image_weight", f"{OPINION}image_unserved",
                  f"{OPINION}trust_start"),
    ),
    Band(
        "events_per_project", 10, 18, prototype=16,
        carriers=(f"{DELIVERY}hours_per_event", MISSION, RENEWAL),
    ),
    Band(
        "contacts_per_project", 200, 330, prototype=297,
        carriers=(f"{DELIVERY}heads_per_event",), anchored=True,
    ),
    Band(
        "worker_turnover", 0.15, 0.25, prototype=0.19,
        carriers=(f"{STAFF}quit_per_year", f"{STAFF}quit_burnout", f"{STAFF}burnout_caseload",
                  f"{STAFF}burnout_paperwork"),
        anchored=True,
    ),
    Band(
        "volunteer_dropout", 0.30, 0.40, prototype=0.34,
        carriers=(f"{VOLUNTEERS}leave_per_month", f"{VOLUNTEERS}idle_effect",
                  f"{VOLUNTEERS}formal_effect"),
        anchored=True,
    ),
    Band(
        "approval_rate", 0.29, 0.78,
        carriers=("assumptions.hearing.submission_factor",), anchored=True,
    ),
)

WITHOUT_BAND: tuple[Band, ...] = (
    Band("demand_match", prototype=0.45),
    Band("approval_days_mean", prototype=127),
    Band("implementation_weeks", prototype=31),
    Band("showcase_share", prototype=0.60),
    Band("evaluation_score", prototype=0.97),
    Band("true_effect", prototype=0.24),
    Band("evaluation_validity", prototype=-0.25),
)
