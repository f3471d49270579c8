"""Writes the page of all outcomes; its output is kept as docs/outcomes.md."""

from __future__ import annotations

import sys

from linkage_sim.outcomes import HEADLINES, OUTCOMES, Outcome
from linkage_sim.words import entries, say

HEADER = """# Outcomes · 结果指标

Made by `python -m linkage_sim.report.outcomes_page`; do not edit.
The first five are the headline outcomes, named in advance. Undefined values are NaN, null in JSON.
前五项为事先指定的主要指标。无定义的数值记为 NaN（JSON 中为 null）。
"""


def page() -> str:
    """Give the page: every outcome with unit, direction and definition in both languages."""
    return HEADER + "".join(_section(item) for item in OUTCOMES)


def _section(item: Outcome) -> str:
    unit = entries()["unit." + item.unit.replace(" ", "_").replace(".", "")]
    mark = " ★" if item.name in HEADLINES else ""
    lines = [f"\n## `{item.name}`{mark}\n"]
    for lang in ("en", "zh"):
        key = f"outcome.{item.name}"
        better = say(f"outcomes_page.better.{item.better}".replace("-1", "lower"), lang)
        lines.append(say(
            "outcomes_page.entry", lang, label=say(f"{key}.label", lang), unit=unit[lang],
            better=better, definition=say(f"{key}.definition", lang),
        ) + "\n")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(page())
