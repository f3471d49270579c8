"""Writes the page of all outcomes; its output is kept as docs/outcomes.md."""

from __future__ import annotations

import sys

from linkage_sim.outcomes import HEADLINES, OUTCOMES, Outcome
from linkage_sim.words import say, unit_words

LANGUAGES = ("en", "zh")


def page() -> str:
    """Give the page: every outcome with unit, direction and definition in both languages."""
    title = " · ".join(say("outcomes_page.title", lang) for lang in LANGUAGES)
    head = [say("outcomes_page.head", lang) for lang in LANGUAGES]
    sections = "".join(_section(item) for item in OUTCOMES)
    return f"# {title}\n\n" + "\n\n".join(head) + "\n" + sections


def _section(item: Outcome) -> str:
    mark = " ★" if item.name in HEADLINES else ""
    lines = [f"\n## `{item.name}`{mark}\n"]
    for lang in LANGUAGES:
        key = f"outcome.{item.name}"
        better = say(f"outcomes_page.better.{item.better}".replace("-1", "lower"), lang)
        lines.append(say(
            "outcomes_page.entry", lang, label=say(f"{key}.label", lang), better=better,
            unit=unit_words(item.unit, lang), definition=say(f"{key}.definition", lang),
        ) + "\n")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(page())
