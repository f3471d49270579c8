"""Tables of a calibration for Markdown files: assumptions, figures, desks, and what it does to
the intervals of a comparison."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from linkage_sim.outcomes import HEADLINES
from linkage_sim.report.number_tables import command_of, commit_of, markdown_table
from linkage_sim.report.number_tables import source_line as usual_source_line
from linkage_sim.scenario.schema import parameters
from linkage_sim.studies.calibration import VERB as CALIBRATE
from linkage_sim.studies.desk_calibration import VERB as DESKS
from linkage_sim.studies.desk_rates import APART, KINDS, TIMED
from linkage_sim.studies.results import load_provenance, load_results, verify_results
from linkage_sim.words import say

ACCEPTED = 0.15
"""How far a mean or a far end of days may lie from the real one."""
MODULE = "linkage_sim.studies.desk_calibration"
MISSING = "–"
Row = dict[str, Any]


def assumptions_table(place: Path, lang: str) -> list[str]:
    """Set each free assumption with its prior and its posterior, one row each."""
    names = ("parameter", "meaning", "value", "prior", "mean", "interval", "narrowed")
    titles = {item.name: item.title(lang) for item in parameters()}
    rows = [
        [f"`{row['parameter']}`", titles.get(row["parameter"], ""), _short(row["value"]),
         _range(row["prior_low"], row["prior_high"]), _short(row["mean"]),
         _range(row["low"], row["high"]), f"{max(0.0, row['narrowed']):.0%}"]
        for row in load_results(place, "parameters").to_dict("records")
    ]
    return markdown_table([say(f"calibration.column.{name}", lang) for name in names], rows)


def figures_table(place: Path, lang: str) -> list[str]:
    """Set each figure, fitted or predicted, with its band, its interval and the verdict."""
    names = ("figure", "how", "target", "before", "mean", "worlds", "inside", "verdict")
    rows = [
        [f"{say('outcome.' + row['outcome'] + '.label', lang)}, `{row['outcome']}`",
         say("calibration.fitted" if row["fitted"] else "calibration.predicted", lang),
         band_words(row, lang), _range(row["prior_low"], row["prior_high"]), _short(row["mean"]),
         _range(row["low"], row["high"]), percent(row["inside"]), verdict_words(row, lang)]
        for row in load_results(place, "targets").to_dict("records")
    ]
    head = [say(f"calibration.column.{name}", lang) for name in names]
    return [*markdown_table(head, rows), "", say("calibration.reading", lang)]


def band_words(row: Row, lang: str | None = None) -> str:
    """Write the band or the value that a figure is held against."""
    low, high = row["target_low"], row["target_high"]
    if math.isnan(low):
        return MISSING
    if low == high:
        return f"{low:g}"
    return say("calibration.band", lang, low=f"{low:g}", high=f"{high:g}")


def percent(value: float) -> str:
    """Write a share in percent; undefined is a dash."""
    return MISSING if math.isnan(value) else f"{value:.0%}"


def verdict_words(row: Row, lang: str | None = None) -> str:
    """Say whether the predicted interval lies in the band."""
    return say(f"calibration.verdict.{row['verdict']}", lang) if row["verdict"] else MISSING


def intervals_table(place: Path, other: Path, lang: str) -> list[str]:
    """Set a comparison under a posterior beside the one at fixed values, outcome by outcome.

    Parameters
    ----------
    place
        Results of `compare --posterior`.
    other
        Results of the same comparison without it.
    """
    verify_results(other)
    drawn, fixed = load_results(place, "comparison"), load_results(other, "comparison")
    rows = []
    for row in drawn[drawn["outcome"].isin(HEADLINES)].to_dict("records"):
        known = fixed[(fixed["outcome"] == row["outcome"]) & (fixed["scenario"] == row["scenario"])]
        if not len(known):
            continue
        before = known.iloc[0].to_dict()
        wider = (row["high"] - row["low"]) / (before["high"] - before["low"])
        label = say("outcome." + row["outcome"] + ".label", lang)
        rows.append([
            f"{label}, `{row['outcome']}`", f"`{row['scenario']}`", _difference(before),
            _difference(row), f"{wider:.2f}", _sign(before, row, lang),
        ])
    names = ("figure", "reform", "fixed", "drawn", "wider", "sign")
    head = [say(f"calibration.column.{name}", lang) for name in names]
    record = load_provenance(place)["posterior"]
    seeds = load_provenance(place)["seeds"]
    note = say(
        "calibration.compare.note", lang, hash=record["sha256"][:12], n=len(seeds),
        draws=len({tuple(values) for values in record["values"].values()}),
        count=len(record["parameters"]),
    )
    return [*markdown_table(head, rows), "", note]


def _difference(row: Row) -> str:
    return f"{row['difference']:+.4f}<br>[{row['low']:+.4f}, {row['high']:+.4f}]"


def _sign(before: Row, now: Row, lang: str) -> str:
    """Say whether the interval leaves 0 out with and without what is not known."""
    clear = [row["low"] > 0.0 or row["high"] < 0.0 for row in (before, now)]
    if all(clear):
        same = (before["difference"] > 0.0) == (now["difference"] > 0.0)
        return say(f"calibration.sign.{'survives' if same else 'turns'}", lang)
    return say(f"calibration.sign.{'lost' if clear[0] else 'open'}", lang)


# -- desks ---------------------------------------------------------------------------------------


def desks_table(place: Path, lang: str) -> list[str]:
    """Set simulated against real days of the half that calibrated nothing, group by group."""
    groups = load_results(place, "groups")
    kinds = {kind: groups[groups["kind"] == kind].to_dict("records") for kind in (APART, TIMED)}
    rows = []
    for apart, timed in zip(*kinds.values(), strict=True):
        both = (apart, timed)
        far = [_near(row["difference_p95"], f"{row['simulated_p95']:.1f}") for row in both]
        mean = [_near(row["difference"], f"{row['simulated']:.2f}") for row in both]
        rows.append([
            _group(apart, lang), f"{apart['files']:,}",
            f"{apart['real']:.2f} ± {apart['error']:.2f}", f"{apart['first']:.2f}", *mean,
            f"{apart['real_p95']:.1f}", *far,
        ])
    names = ("group", "files", "real", "first", "mean_apart", "mean_timed", "real_p95",
             "p95_apart", "p95_timed")
    head = [say(f"calibration.column.{name}", lang) for name in names]
    return [*markdown_table(head, rows), "", say("calibration.desks.reading", lang)]


def halves_table(place: Path, lang: str) -> list[str]:
    """Set how far the means lie apart over many random halves, for each way of taking the days."""
    table = load_results(place, "halves")
    rows = []
    for (by, value), block in table.groupby(["by", "value"], sort=False):
        kinds = {kind: block[block["kind"] == kind] for kind in KINDS}
        yardstick = (kinds[TIMED]["first"] / kinds[TIMED]["real"] - 1.0).abs()
        rows.append([
            _group({"by": by, "value": value}, lang),
            *(_over_halves(part["difference"].tolist(), lang) for part in kinds.values()),
            f"{float(yardstick.median()):.0%}",
        ])
    head = [say(f"calibration.column.{name}", lang) for name in ("group", *KINDS, "yardstick")]
    count = table["half"].nunique()
    return [*markdown_table(head, rows), "", say("calibration.desks.halves", lang, count=count)]


def _over_halves(differences: Sequence[float], lang: str) -> str:
    ordered = sorted(differences)
    middle = ordered[len(ordered) // 2]
    near = sum(abs(value) <= ACCEPTED for value in ordered)
    return say(
        "calibration.desks.spread", lang, middle=_signed(middle), low=_signed(ordered[0]),
        high=_signed(ordered[-1]), near=near, count=len(ordered),
    )


def _group(row: Row, lang: str) -> str:
    if row["by"] == "rejections" and row["value"] == 2:
        return say("calibration.desks.rejections_more", lang, value=2)
    return say(f"calibration.desks.{row['by']}", lang, value=row["value"])


def _near(difference: float, value: str) -> str:
    """Write a simulated figure with its difference; bold where it is farther than accepted."""
    told = f"{value} ({_signed(difference)})"
    return told if abs(difference) <= ACCEPTED else f"**{told}**"


# -- where it is from ----------------------------------------------------------------------------


def source_line(place: Path, named: str, lang: str) -> str:
    """Say which results the numbers are from, whatever kind of results they are."""
    record = load_provenance(place)
    told = {"place": named, "model": record["model_version"], "package": record["package_version"],
            "commit": commit_of(record, lang), "made": command_of(record, lang)}
    if record.get("verb") == CALIBRATE:
        held = record["calibration"]
        return say(
            "calibration.source.fit", lang, **told, proposals=f"{held['proposals']:,}",
            worlds=held["replications"], particles=held["population"],
            effective=f"{held['effective']:.0f}", pyabc=held["pyabc"], seed=held["seed"],
        )
    if record.get("verb") == DESKS:
        log = record["log"]
        told["made"] = say("document.made", lang, command=f"python -m {MODULE} LOG {named}")
        return say(
            "calibration.source.desks", lang, **told, files=f"{log['files']:,}",
            hash=log["sha256"][:12], seed=record["seeds"][0], repeats=log["repeats"],
            mending=f"{log['mending_days']:.1f}",
        )
    return usual_source_line(place, named, lang)


def _range(low: float, high: float) -> str:
    return f"{_short(low)} – {_short(high)}"


def _short(value: float) -> str:
    return MISSING if math.isnan(value) else f"{value:.3g}"


def _signed(value: float) -> str:
    return MISSING if math.isnan(value) else f"{value:+.1%}"
