"""An approval rule from outside the package, loaded through `run.plugins`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from linkage_sim.scenario.registry import APPROVAL_RULES


@APPROVAL_RULES.register("dearest_first")
class DearestFirst:
    """Ranks files by price; leaves a mark of the process it ran in where a test asks for it."""

    def score(self, file: Any, criteria: Any, image_value: float) -> float:
        """Rate a file by its price in yuan."""
        marks = os.environ.get("LINKAGE_TEST_MARKS")
        if marks:
            (Path(marks) / str(os.getpid())).touch()
        return float(file.candidate.cost_yuan)
