"""Fills the numbers of README and docs from results, so that none is ever typed by hand.

A block stands between two comments, each on a line of its own::

    <!-- numbers: headline from results/x_community -->
    <!-- end -->

and is filled by `python -m linkage_sim.report.number_blocks README.md results/x_community`. Kinds:

- `headline`: what each reform changes in the five headline outcomes;
- `baseline`: figures of the baseline beside published bands;
- `forest`, with ` to docs/images/forest.png`: the picture of that table, drawn in the language of
  the block, whatever language the results were made in;
- `assumptions`, `figures` and `posterior`, the picture of the latter, with ` to FILE.png`: a
  calibration;
- `desks`, `halves`: approval desks held against a real log;
- `intervals`, with ` against results/other`: a comparison under a posterior beside the same one
  without it;
- `fitted`: assumptions chosen so that figures of the baseline come out, with the values behind
  these results; from `schema` in place of a directory, with the values of today, and then filled
  whenever the file is.

` in zh` at the end of a marker asks for Chinese. Results are read, a model is never run.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from linkage_sim.errors import InputError
from linkage_sim.report.calibration_tables import (
    assumptions_table,
    desks_table,
    figures_table,
    halves_table,
    intervals_table,
    source_line,
)
from linkage_sim.report.names import drawn_titles
from linkage_sim.report.number_tables import (
    baseline_table,
    fitted_table,
    headline_table,
    titles_from,
)
from linkage_sim.studies.results import (
    ResultsDamagedError,
    load_provenance,
    load_results,
    provenance_hash,
    verify_results,
)
from linkage_sim.words import listing, say, system_reason

START = re.compile(r"^<!-- *numbers:(.*)-->\s*$")
CONTENT = re.compile(
    r"(?P<kind>\S+) from (?P<place>\S+)(?: against (?P<other>\S+))?"
    r"(?: to (?P<picture>\S+))?(?: in (?P<lang>en|zh))?"
)
END = "<!-- end -->"
TABLES = {
    "headline": headline_table, "baseline": baseline_table, "fitted": fitted_table,
    "assumptions": assumptions_table, "figures": figures_table, "desks": desks_table,
    "halves": halves_table,
}
INTERVALS = "intervals"
FOREST, POSTERIOR = "forest", "posterior"
PICTURES = (FOREST, POSTERIOR)
SCHEMA = "schema"
BAD_INPUT, DAMAGED = 2, 4


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a file: what it shall hold, and the lines between its comments."""

    kind: str
    place: str
    picture: str | None
    lang: str
    first: int
    stop: int
    other: str | None = None


def fill(path: Path, place: Path | None = None) -> int:
    """Fill the blocks of a Markdown file that come from a results directory; returns how many.

    Parameters
    ----------
    path
        The file; text outside its blocks is kept as it is.
    place
        A directory that `compare` wrote. Blocks from other directories are left alone; those from
        the schema are always filled. None: only those.

    Raises
    ------
    InputError
        When the file or the directory cannot be used, or no block is to be filled. Nothing is
        written then.
    ResultsDamagedError
        When the results have changed since they were written.
    """
    lines = lines_of(path)
    blocks = _blocks(lines, path)
    if place is not None:
        verify_results(place)
    wanted = [block for block in blocks if _is_wanted(block, place)]
    _refuse_nothing(blocks, path, place)
    # From the end, so that the lines of earlier blocks keep their numbers.
    for block in reversed(wanted):
        lines[block.first : block.stop] = ["", *_content(block, path, place), ""]
    with tempfile.TemporaryDirectory() as beside:
        drawn = [
            (path.parent / block.picture,
             _draw(place, block.lang, Path(beside) / str(number), block.kind))
            for number, block in enumerate(wanted)
            if block.picture is not None and place is not None
        ]
        for goal, picture in drawn:
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(picture, goal)
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    return len(wanted)


def _draw(place: Path, lang: str, stem: Path, kind: str) -> Path:
    """Draw the picture anew: the one among the results speaks the language of who made them."""
    from linkage_sim.report.calibration_plot import draw_figures
    from linkage_sim.report.figures import forest_plot

    source = f"provenance.json sha256:{provenance_hash(load_provenance(place))}"
    if kind == POSTERIOR:
        tables = {name: load_results(place, name) for name in ("targets", "predictive")}
        return draw_figures(tables, stem, lang, source)[0]
    titles = drawn_titles(titles_from(place, lang))
    return forest_plot(load_results(place, "comparison"), stem, lang, source, titles)[0]


def lines_of(path: Path) -> list[str]:
    """Read a Markdown file line by line; InputError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError) as error:
        reason = system_reason(error) if isinstance(error, OSError) else error
        raise InputError(say("document.error.unreadable", path=path, reason=reason)) from None


def _is_wanted(block: Block, place: Path | None) -> bool:
    if block.place == SCHEMA:
        return True
    return place is not None and os.path.abspath(block.place) == os.path.abspath(place)


def _refuse_nothing(blocks: list[Block], path: Path, place: Path | None) -> None:
    wanted = SCHEMA if place is None else place.as_posix()
    if not blocks:
        raise InputError(say("document.error.no_block", path=path, place=wanted))
    fitting = [
        block for block in blocks
        if _is_wanted(block, place) and (place is None or block.place != SCHEMA)
    ]
    if not fitting:
        known = listing(dict.fromkeys(block.place for block in blocks))
        raise InputError(
            say("document.error.other_place", path=path, place=wanted, known=known)
        )


def _blocks(lines: list[str], path: Path) -> list[Block]:
    """Find the blocks of numbers, and tell all that is wrong with them at once."""
    problems: list[str] = []
    parts = marked_parts(lines, path, START, problems)
    read = [_block(content, first, stop, path, problems) for content, first, stop in parts]
    if problems:
        raise InputError(problems)
    return [block for block in read if block is not None]


def marked_parts(
    lines: Sequence[str], path: Path, start: re.Pattern[str], problems: list[str]
) -> list[tuple[str, int, int]]:
    """Find the parts of a file between a mark and `<!-- end -->`; one in a code fence is none.

    Parameters
    ----------
    start
        Matches the line of a mark; its first group is what the mark says.
    problems
        A part that is not closed is told here.

    Returns
    -------
    list of (str, int, int)
        What the mark says, and the lines between as `lines[first:stop]`.
    """
    found: list[tuple[str, int, int]] = []
    fenced, opened = False, 0
    content = ""
    for number, line in enumerate(lines, start=1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        marker = None if fenced else start.match(line)
        if marker and opened:
            problems.append(say("document.error.not_closed", path=path, line=opened))
        if marker:
            opened, content = number, marker[1].strip()
        elif opened and line.strip() == END:
            found.append((content, opened, number - 1))
            opened = 0
    if opened:
        problems.append(say("document.error.not_closed", path=path, line=opened))
    return found


def _block(
    content: str, first: int, stop: int, path: Path, problems: list[str]
) -> Block | None:
    read = CONTENT.fullmatch(content)
    if read is None:
        problems.append(say("document.error.marker", path=path, line=first, found=content))
        return None
    kind, place, picture = read["kind"], read["place"], read["picture"]
    known = (*TABLES, INTERVALS, *PICTURES)
    if kind not in known:
        problems.append(say(
            "document.error.kind", path=path, line=first, kind=kind, known=listing(known)
        ))
    elif (read["other"] is None) == (kind == INTERVALS):
        problems.append(say("calibration.error.against", path=path, line=first))
    elif (picture is None) == (kind in PICTURES):
        problems.append(say("document.error.destination", path=path, line=first))
    elif place == SCHEMA and kind != "fitted":
        problems.append(say("document.error.schema", path=path, line=first))
    return Block(kind, place, picture, read["lang"] or "en", first, stop, read["other"])


def _content(block: Block, path: Path, place: Path | None) -> list[str]:
    if place is None or block.place == SCHEMA:
        return [*fitted_table(None, block.lang), "", _made(path, None, block.lang)]
    made = _made(path, block.place, block.lang)
    if block.kind in PICTURES:
        return [_picture(block, place), "", made]
    if block.other is not None:
        lines = intervals_table(place, Path(block.other), block.lang)
    else:
        lines = TABLES[block.kind](place, block.lang)
    return [*lines, "", source_line(place, block.place, block.lang), made]


def _picture(block: Block, place: Path) -> str:
    if block.kind == POSTERIOR:
        return f"![{say('calibration.plot.targets', block.lang)}]({block.picture})"
    baseline = str(load_provenance(place)["baseline"])
    baseline = drawn_titles(titles_from(place, block.lang)).get(baseline, baseline)
    return f"![{say('report.forest.title', block.lang, baseline=baseline)}]({block.picture})"


def _made(path: Path, place: str | None, lang: str) -> str:
    return filled_by("number_blocks", path, [] if place is None else [place], lang)


def filled_by(module: str, path: Path, more: Sequence[str], lang: str) -> str:
    """Say by which command a block is filled; the file is named as seen from here."""
    seen = Path(os.path.relpath(path))
    # A way out of this folder would tell about the machine.
    name = path.name if ".." in seen.parts else seen.as_posix()
    words = ["python", "-m", f"linkage_sim.report.{module}", name, *more]
    return say("document.filled", lang, command=shlex.join(words))


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill the blocks of one file; gives the exit code."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    if not 1 <= len(typed) <= 2 or typed[0].startswith("-"):
        sys.stderr.write(say("document.error.usage") + "\n")
        return BAD_INPUT
    try:
        count = fill(Path(typed[0]), Path(typed[1]) if len(typed) == 2 else None)
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    except ResultsDamagedError as error:
        sys.stderr.write(f"{error}\n")
        return DAMAGED
    sys.stderr.write(say("document.done", path=typed[0], count=count) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
