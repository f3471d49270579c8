"""docs/levers.md: every lever with who reads it, what it acts through and what it costs.

Readers are not declared but observed: small runs with all mechanisms in use are recorded.
Write the page again with `python -m linkage_sim.report.levers_page > docs/levers.md`, and in
Chinese with `python -m linkage_sim.report.levers_page zh > docs/levers.zh.md`.
"""

from __future__ import annotations

import sys
from typing import Any

from linkage_sim.mediators import NAMES
from linkage_sim.model import LinkageModel
from linkage_sim.scenario.recording import recording
from linkage_sim.scenario.schema import Scenario, parameters
from linkage_sim.words import declared_words, listing, say

SEED = 1
WORLD: dict[str, Any] = {
    "world.communities": 2, "world.residents": 800, "run.years": 1,
    "world.budget_yuan_per_year": 300_000.0, "assumptions.officials.flaw_share": 0.5,
    "assumptions.officials.scandal_probability": 1.0,
    "policy.linkage.campaigns_per_year": 2,
}
IN_USE: tuple[dict[str, Any], ...] = (
    {
        "policy.proposal.weights": dict.fromkeys(
            ("directive", "activists", "hotline", "survey", "assembly", "vote"), 1.0
        ),
        "policy.evaluation.weights": dict.fromkeys(
            ("activity", "documents", "satisfaction", "outcome"), 1.0
        ),
        "policy.approval.fast_track_below_yuan": 40_000.0,
    },
    {
        "policy.proposal.method": "vote", "policy.approval.fixed_latency_days": 20.0,
        "policy.implementation.midterm_check": True, "policy.implementation.time_bank": True,
        "policy.implementation.bundle_communities": 2,
    },
)


def readers() -> dict[str, list[str]]:
    """Run small scenarios and list which functions read each lever, by the lever's dotted name."""
    found: dict[str, set[str]] = {}
    for values in IN_USE:
        plan, log = recording(Scenario().with_values({**WORLD, **values}))
        model = LinkageModel(plan, seed=SEED).run()
        model.release()
        for lever, who in log:
            found.setdefault(lever, set()).add(who)
    return {lever: sorted(names) for lever, names in sorted(found.items())}


def levers_page(lang: str = "en", found: dict[str, list[str]] | None = None) -> str:
    """Compose the page; equal code gives an equal page.

    Parameters
    ----------
    found
        What `readers` gave, where that is known already.
    """
    found = readers() if found is None else found
    # The English page names levers in both languages, so that it serves as a glossary too.
    titles = ("title_en", "title_zh") if lang == "en" else ("title_zh",)
    heads = [say(f"levers_page.head.{name}", lang)
             for name in ("lever", *titles, "readers", "channel", "mediators", "price")]
    lines = [
        f"# {say('levers_page.title', lang)}", "", say("levers_page.made_by", lang), "",
        _row(heads), "|" + "---|" * len(heads),
    ]
    for item in parameters("lever"):
        who = "<br>".join(
            f"`{name.removeprefix('linkage_sim.')}`" for name in found.get(item.name, [])
        )
        through = [declared_words(name, "mediator.name.", lang) for name in item.mediators]
        lines.append(_row([
            f"`{item.name}`", *(getattr(item, title) for title in titles), who,
            say(f"cli.channel.{item.channel}", lang), listing(through, lang),
            declared_words(item.price, "price.", lang),
        ]))
    lines += ["", f"## {say('levers_page.mediators', lang)}", ""]
    lines += [
        say("levers_page.mediator", lang, name=declared_words(name, "mediator.name.", lang),
            meaning=declared_words(meaning, "mediator.meaning.", lang))
        for name, meaning in NAMES.items()
    ]
    return "\n".join(lines) + "\n"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(levers_page(next(iter(sys.argv[1:]), "en")))
