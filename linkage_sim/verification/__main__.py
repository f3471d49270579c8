"""Checks every limit and writes docs/verification.md to standard output; exit code 1 if one fails.

    python -m linkage_sim.verification > docs/verification.md
"""

from __future__ import annotations

import sys

from linkage_sim.verification.limits import all_limits, cells_of
from linkage_sim.words import say


def main() -> int:
    """Check all limits one after the other; returns the exit code."""
    checks = [limit.check() for limit in all_limits()]
    heads = say("limits.columns", "en").split(" | ")
    rows = [heads, ["---"] * len(heads)]
    rows += [
        [item.limit, *cells_of(item.observed, item.expected, item.standard_error),
         say("limits.holds" if item.holds else "limits.fails", "en")]
        for item in checks
    ]
    table = ["| " + " | ".join(row) + " |" for row in rows]
    text = "\n".join([say("limits.page", "en"), "", *table, "", say("limits.source", "en"), ""])
    sys.stdout.write(text)
    return 0 if all(item.holds for item in checks) else 1


if __name__ == "__main__":
    raise SystemExit(main())
