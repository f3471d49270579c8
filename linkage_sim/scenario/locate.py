"""Finds scenario files: by path, beside another file, or among those that ship with the package."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from pathlib import Path

from linkage_sim.errors import InputError
from linkage_sim.words import listing, say

REFORMS = "reforms"
_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_folder() -> Path:
    """Give the folder of the scenarios that ship: inside a wheel, or at the repository's top."""
    inside = _PACKAGE / "_configs"
    return inside if inside.is_dir() else _PACKAGE.parent / "configs"


def ships(path: Path) -> bool:
    """Tell whether a file is a scenario that ships."""
    return path.resolve().parent == shipped_folder().resolve()


def shipped_scenarios() -> list[str]:
    """List the names of the scenarios that ship."""
    return sorted(path.stem for path in shipped_folder().glob("*.toml"))


def shipped_reforms() -> list[str]:
    """List the names of the reforms that ship."""
    return sorted(path.stem for path in (shipped_folder() / REFORMS).glob("*.toml"))


def refuse_hiding(path: Path) -> None:
    """Refuse to write a file that every command in its folder would take for a shipped one.

    Raises
    ------
    InputError
        When a scenario or reform that ships has the same name.
    """
    if path.stem in (*shipped_scenarios(), *shipped_reforms()):
        raise InputError(say("cli.new.shipped", name=path.stem))


def hiding_note(name: str, found: Path, known: Sequence[str]) -> str:
    """Say that a bare name found a file although one of the known names ships; empty if not."""
    if name not in known or shipped_folder().resolve() in found.resolve().parents:
        return ""
    return say("errors.hidden", name=name, path=label(found))


def label(path: Path) -> str:
    """Name a file as a person would: from the working directory where it lies below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except (ValueError, OSError):
        return str(path)


def is_file(path: Path) -> bool:
    """Tell whether a file is there; a name no system can hold is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def find_scenario(name: str, beside: Path | None = None) -> Path:
    """Find a scenario by path or name, beside another file first, then among the shipped ones.

    Raises
    ------
    InputError
        When there is none; the message holds the nearest known name.
    """
    places = [beside] if beside is not None else [Path()]
    tried = [place / candidate for place in places for candidate in (name, f"{name}.toml")]
    if not Path(name).is_absolute():
        stem = name.removesuffix(".toml")
        tried.append(shipped_folder() / f"{stem}.toml")
    for path in tried:
        if path.suffix == ".toml" and is_file(path):
            return path
    found = tried[0]
    if is_file(found):
        raise InputError(say("errors.not_toml_name", path=label(found)))
    if os.path.isdir(found):
        raise InputError(say("errors.is_folder", path=label(found)))
    raise InputError(_unknown("errors.no_scenario", name, shipped_scenarios()))


def find_reform(name: str) -> Path:
    """Find a reform by path or name: here, in a folder `reforms` here, then the shipped ones.

    Raises
    ------
    InputError
        When there is none; the message holds the nearest known name.
    """
    file_name = name if name.endswith(".toml") else f"{name}.toml"
    folders = (Path(), Path(REFORMS), shipped_folder() / REFORMS)
    for folder in folders:
        if is_file(folder / file_name):
            return folder / file_name
    raise InputError(_unknown("errors.no_reform", name, shipped_reforms()))


def _unknown(key: str, name: str, known: list[str]) -> str:
    shown = name[:120]
    message = say(key, name=shown, known=listing(known))
    near = difflib.get_close_matches(shown, known, 1)
    hint = say("sign.clause") + say("errors.did_you_mean", name=near[0]) if near else ""
    return message + hint
