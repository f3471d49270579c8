"""Reads a piece that is laid over a scenario with `+`, and says how to use a file that is none."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from linkage_sim.errors import InputError
from linkage_sim.scenario.documents import LABELS, Document, read_document
from linkage_sim.scenario.locate import find_reform, find_scenario, is_file, label, ships
from linkage_sim.words import say

_MAY_REFORM = ("policy", *LABELS)
_DEFAULTS = "x_community"


def reform_document(path: Path, first: str, pieces: Sequence[str]) -> Document:
    """Read a reform.

    Parameters
    ----------
    path
        The file.
    first, pieces
        What it was asked for with: the scenario, and everything laid over it.

    Raises
    ------
    InputError
        When the file changes more than the policy; the message holds what to type instead.
    """
    document = read_document(path)
    wrong = _not_policy(document)
    if not wrong:
        return document
    if wrong == ["extends"]:
        text = say("errors.reform_extends", path=label(path))
        raise InputError(f"{document.place(('extends',))}: extends: {text}")
    text = _remedy(document, path, first, pieces)
    raise InputError(
        f"{document.place((key,))}: {key}: {text}" for key in wrong if key != "extends"
    )


def _not_policy(document: Document) -> list[str]:
    return [key for key in document.content if key not in _MAY_REFORM]


def _remedy(document: Document, path: Path, first: str, pieces: Sequence[str]) -> str:
    try:
        others = [name.strip() for name in pieces if find_reform(name.strip()) != path]
        several = any(_not_policy(read_document(find_reform(name))) for name in others)
        base = find_scenario(first)
    except InputError:
        # Another piece is told to be wrong; what would work is not known before it is mended.
        return say("errors.reform_only_policy")
    if several:
        # Two files of which each wants to be the first.
        return say("errors.reform_only_policy")
    better = "+".join([_as_first(path), *others])
    if "extends" in document.content:
        return say("errors.reform_own_base", better=better)
    if ships(base) and base.stem == _DEFAULTS:
        return say("errors.reform_first", better=better)
    told = Path(os.path.relpath(base, path.parent)).as_posix() if is_file(Path(first)) else first
    return say("errors.reform_give_base", better=better, base=told)


def _as_first(path: Path) -> str:
    """Name a file so that it is found as a scenario, as shortly as that can be done."""
    return path.stem if path.parent == Path() else str(path.with_suffix(""))
