"""`python -m benchmarks.page`: write the figures of results.json into README.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BEGIN, END = "<!-- figures: python -m benchmarks.page -->", "<!-- end of figures -->"


def table(rows: list[tuple[str, ...]]) -> str:
    """Set rows as a Markdown table; the first are its heads."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---|" + "---:|" * (len(rows[0]) - 1), *lines[1:]])


def _verdict(value: float, limit: float, least: bool) -> str:
    met = value >= limit if least else value <= limit
    if met:
        return "met"
    factor = limit / value if least else value / limit
    return f"missed by a factor of {factor:.3g}"


def wanted(found: dict[str, Any]) -> list[tuple[str, ...]]:
    """Compare with what is wanted: measure, figure, must, target, whether the must is met."""
    by_size = {row["residents"]: row for row in found["speed"]}
    plain, million = found["plain_objects"], by_size[1_000_000]
    rows = [
        ("one run of X Community, seconds", found["one_community"]["median_seconds"], 0.15, 0.05,
         False),
        ("against plain objects, same community", plain["ratio_on_the_same_community"], 300, 1000,
         True),
        ("the same, residents' work alone", plain["ratio_without_institutions"], 300, 1000, True),
        ("week over copying all columns, 1 million", million["week_over_copy"], None, 1.0, False),
        ("bytes a resident, 1 million", found["memory_bytes_per_resident_at_1_million"], None, 120,
         False),
    ]
    if "ratio" in found["starsim"]:
        rows.insert(3, ("against Starsim, 1 million", found["starsim"]["ratio"], 5, 15, True))
    if "whole_city" in found:
        city = found["whole_city"]
        steps = city["residents"] * city["weeks"]
        each = 1e9 * city["processor_seconds_of_weeks"] / steps
        rows += [
            ("whole city, seconds", city["seconds"], 120, 40, False),
            ("whole city, GB", city["peak_bytes"] / 1e9, 3.0, None, False),
            ("city over 100 thousand, a resident-week",
             each / by_size[100_000]["ns_per_resident_week"], 1.3, None, False),
        ]
    told = [("measure", "figure", "must", "target", "")]
    for name, value, must, target, least in rows:
        limit = must if must is not None else target
        told.append((
            name, f"{value:.3g}", "" if must is None else f"{must:g}",
            "" if target is None else f"{target:g}", _verdict(value, limit, least),
        ))
    return told


def page(found: dict[str, Any]) -> str:
    """Set all figures as Markdown."""
    machine = found["machine"]
    on = (f"Measured on {machine['processor']}, {machine['cores']} cores, {machine['system']}, "
          f"Python {machine['python']}, numpy {machine['numpy']}, numba {machine['numba']}; "
          f"on {machine['date']}, commit {machine['commit']}, load before it "
          f"{machine['load_before']}.")
    speed = [("residents", "ns a resident-week", "million resident-weeks a second and core",
              "building, s", "projects a community and year")]
    speed += [
        (f"{row['residents']:,}", f"{row['ns_per_resident_week']:.0f}",
         f"{row['million_resident_weeks_per_second_and_core']:.1f}", f"{row['build_seconds']:.2f}",
         f"{row['projects_per_community_and_year']:.1f}")
        for row in found["speed"]
    ]
    plain = found["plain_objects"]
    others = [
        ("who", "million steps a second and core"),
        ("plain objects, X Community", f"{plain['plain_steps_per_second'] / 1e6:.3f}"),
        ("engine, X Community", f"{plain['engine_steps_per_second'] / 1e6:.2f}"),
        ("engine, X Community, without institutions",
         f"{plain['engine_steps_per_second_without_institutions'] / 1e6:.2f}"),
    ]
    if "ratio" in found["starsim"]:
        theirs = found["starsim"]
        others += [
            (f"Starsim {theirs['version']}, SIR, 1 million",
             f"{theirs['their_steps_per_second'] / 1e6:.2f}"),
            ("engine, 1 million", f"{theirs['our_steps_per_second'] / 1e6:.2f}"),
        ]
    shares = [("part, 1 million residents", "share of the time")]
    shares += [(name, f"{100 * share:.0f} %")
               for name, share in sorted(found["parts_at_1_million"].items(), key=lambda x: -x[1])]
    blocks = [on, table(wanted(found)), table(speed), table(others), table(shares)]
    if "whole_city" in found:
        blocks.append(_threads(found["whole_city"]))
    return "\n\n".join(blocks)


def view_page(found: dict[str, Any]) -> str:
    """Set the waits of a visitor of the interactive view as Markdown."""
    machine, visit = found["machine"], found["first_visitor"]
    rows = [
        ("a visitor waits, seconds", "median", "longest", "wanted"),
        ("first paint, first visitor", f"{visit['first_paint']:.2f}", "", "2"),
        ("first figures of the first visitor, from the address on",
         f"{visit['first_figures']:.2f}", "", ""),
        ("the same, later visitors", f"{found['later_visitors']['first_figures']:.2f}", "", ""),
    ]
    told = {"key_to_figure": ("key on a slider to new figures", "0.6 and the model's own time"),
            "both_sides_new": ("the same where both sides are new", "1")}
    rows += [(words, f"{found[name]['median']:.2f}", f"{found[name]['longest']:.2f}", limit)
             for name, (words, limit) in told.items()]
    return (f"The interactive view (`python -m benchmarks.view benchmarks/view.json`), on "
            f"{machine['date']}, commit {machine['commit']}, {machine['cores']} cores, load before "
            f"it {machine['load_before']}; one run takes {found['one_run']} s there and three "
            f"worlds a side are the first figures:\n\n{table(rows)}")


def _threads(city: dict[str, Any]) -> str:
    """Work out what two threads share of the city from its two times."""
    clock = city["seconds"] - city["build_seconds"]
    used = city["processor_seconds_of_weeks"]
    alone = max(0.0, 2.0 * clock - used)
    return (f"Weeks of the whole city: {clock:.0f} s by the clock on the wall and {used:.0f} s of "
            f"the processor on two threads, so about {alone:.0f} s pass on one thread alone and "
            f"{used - alone:.0f} s are shared; building takes {city['build_seconds']:.0f} s.")


def main() -> None:
    """Fill the block of README.md."""
    path = HERE / "README.md"
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    found = json.loads((HERE / "results.json").read_text(encoding="utf-8"))
    view = json.loads((HERE / "view.json").read_text(encoding="utf-8"))
    told = f"{page(found)}\n\n{view_page(view)}"
    path.write_text(f"{before}{BEGIN}\n\n{told}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
