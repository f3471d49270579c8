"""An approval rule that ends the process it runs in; loaded through `run.plugins`."""

from __future__ import annotations

import os
from typing import Any

from linkage_sim.scenario.registry import APPROVAL_RULES


@APPROVAL_RULES.register("deadly")
class Deadly:
    """Leaves no time for an answer, as a system does that is out of memory."""

    def score(self, file: Any, criteria: Any, image_value: float) -> float:
        """End the process."""
        os._exit(9)
