"""Checks every limit and writes docs/limits.md to standard output; exit code 1 if one fails.

    python -m linkage_sim.verification > docs/limits.md
"""

from __future__ import annotations

import sys
from typing import Any

from linkage_sim.verification.limits import all_limits
from linkage_sim.words import say


def main() -> int:
    """Check all limits one after the other; returns the exit code."""
    checks = [limit.check() for limit in all_limits()]
    heads = say("limits.columns", "en").split(" | ")
    rows = [heads, ["---"] * len(heads)]
    rows += [
        [item.limit, _shown(item.observed), _shown(item.expected),
         f"{item.standard_error:.2g}" if item.standard_error > 0.0 else "0",
         say("limits.holds" if item.holds else "limits.fails", "en")]
        for item in checks
    ]
    table = ["| " + " | ".join(row) + " |" for row in rows]
    text = "\n".join([say("limits.page", "en"), "", *table, "", say("limits.source", "en"), ""])
    sys.stdout.write(text)
    return 0 if all(item.holds for item in checks) else 1


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(part) for part in value)
    return f"{float(value):.4f}"


if __name__ == "__main__":
    raise SystemExit(main())
