"""What can be taken away from a page: data, scenario, the commands that repeat it, the report."""

from __future__ import annotations

import csv
import io
import math
import shlex
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from linkage_sim.app.comparison import SIDES, Figures, Found, Pair, label_of
from linkage_sim.app.state import REGISTER, State
from linkage_sim.inputs.fragment import present, to_toml, toml_value
from linkage_sim.outcomes import BY_NAME, NAMES
from linkage_sim.words import say, speaking, unit_words

RISKY = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: Any) -> Any:
    """Keep a text from being taken for a formula by a spreadsheet; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(RISKY):
        return f"'{value}"
    if isinstance(value, float) and math.isnan(value):
        return ""
    return value


def csv_bytes(head: list[str], rows: list[list[Any]]) -> bytes:
    """Write a table so that a spreadsheet opens it with its Chinese intact."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in (head, *rows):
        writer.writerow([harmless(cell) for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def data_csv(found: Found, language: str) -> bytes:
    """Give every outcome of every run, one row a run and outcome."""
    head = [say(f"app.csv.{name}", language)
            for name in ("seed", "side", "name", "outcome", "value", "unit")]
    rows = [
        [seed, say(f"app.side.{side}", language), name, label_of(name, language),
         run["outcomes"][name], unit_words(BY_NAME[name].unit, language)]
        for seed, *two in found for side, run in zip(SIDES, two, strict=True) for name in NAMES
    ]
    return csv_bytes(head, rows)


def told_register(state: State) -> dict[str, Any] | None:
    """Say which register a comparison used as its owner knows it: by name, not by our path."""
    named = state.values.get(REGISTER)
    if not named:
        return None
    return {**{name: value for name, value in named.items() if name != "name"},
            "path": named.get("name", "register.csv")}


def scenario_toml(pair: Pair, state: State) -> bytes:
    """Give the policy side as a scenario file that stands on its own."""
    content = pair.policy.model_dump(mode="json")
    if told_register(state):
        content["world"]["resident_register"] = told_register(state)
    content["run"].pop("plugins", None)
    return to_toml(present(content)).encode("utf-8")


def commands(state: State, places: Mapping[str, str]) -> dict[str, str]:
    """Give the command and the Python lines that repeat a comparison exactly.

    Levers hold on one side alone, so the command reads them from the scenario file of the page.
    """
    spec = places.get(state.place, state.place)
    levers = {name: value for name, value in state.values.items() if name.startswith("policy.")}
    common = {name: value for name, value in state.values.items() if name not in levers}
    if told_register(state):
        common[REGISTER] = told_register(state)
    upper = "+".join([spec, *state.reforms])
    last = state.first_seed + state.seeds
    words = ["linkage-sim", "compare", spec, "scenario.toml" if levers else upper]
    words += ["--replications", str(state.seeds), "--seed", str(state.first_seed)]
    for name, value in sorted(common.items()):
        words += ["--set", f"{name}={toml_value(present(value))}"]
    python = [
        "import linkage_sim as ls", "",
        f"common = {common!r}",
        f"baseline = ls.load_scenario({spec!r}).with_values(common)",
        f"policy = ls.load_scenario({upper!r}).with_values({{**common, **{levers!r}}})",
        f"table = ls.compare([baseline, policy], seeds=range({state.first_seed}, {last}), "
        "names=['baseline', 'policy'])",
        "print(table[['outcome', 'baseline_mean', 'mean', 'difference', 'low', 'high', 'n']])",
    ]
    return {"cli": shlex.join(words), "python": "\n".join(python)}


def report_bytes(
    argument: tuple[dict[str, Any], dict[str, Any], Found, str, tuple[str, str]],
    is_to_stop: Callable[[], bool],
) -> bytes:
    """Make the HTML report of a comparison, in a worker, from the runs that a page has."""
    from linkage_sim.app.worker import StoppedError, unpacked
    from linkage_sim.provenance import provenance_of
    from linkage_sim.report.document import report_html
    from linkage_sim.scenario.schema import scenario_from
    from linkage_sim.studies.compare import Run, outcome_rows, plan_of
    from linkage_sim.studies.differences import difference_table
    from linkage_sim.studies.results import results_folder
    from linkage_sim.studies.run import Result
    from linkage_sim.studies.tables import tables_of

    baseline, policy, found, language, names = argument
    with speaking(language), tempfile.TemporaryDirectory() as place:
        if is_to_stop():
            raise StoppedError
        scenarios = [scenario_from(baseline), scenario_from(policy)]
        plan = plan_of(scenarios, [seed for seed, *_ in found], names)
        runs = [
            Run(name, seed, Result(seed, run["outcomes"], run["years"], unpacked(run["projects"]),
                                   [], []))
            for seed, *two in found for name, run in zip(plan.names, two, strict=True)
        ]
        table = difference_table(outcome_rows(runs), plan.names, plan.seeds)
        record = provenance_of("compare", plan.names, plan.scenarios, plan.seeds, trace=False)
        # No command made these runs; the page tells one that makes them again.
        record["command"] = []
        folder = Path(place) / "comparison"
        with results_folder(folder) as results:
            results.write(tables_of(runs, plan.names, plan.scenarios, None), record, table)
        return report_html(folder, language).encode("utf-8")


def summary_csv(figures: Figures, language: str) -> bytes:
    """Give the table of differences."""
    head = [say(f"app.csv.{name}", language) for name in (
        "name", "outcome", "unit", "baseline", "policy", "difference", "low", "high", "n")]
    rows = [
        [name, label_of(name, language), unit_words(BY_NAME[name].unit, language),
         *(figures.differences[name][key]
           for key in ("baseline_mean", "mean", "difference", "low", "high", "n"))]
        for name in NAMES
    ]
    return csv_bytes(head, rows)
