"""Writes commands as they can be typed here, the way this program was started."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

NAME = "linkage-sim"
_typed: list[str] = []


def remember(arguments: Sequence[str]) -> None:
    """Note what was typed after the program's name."""
    _typed[:] = arguments


def program_name() -> str:
    """Give what to type for this program: its name alone only where the shell finds it."""
    if not sys.executable:
        return NAME
    python = Path(os.path.abspath(sys.executable))
    script = next(
        (path for path in (python.with_name(NAME), python.with_name(f"{NAME}.exe"))
         if path.is_file()), None,
    )
    known = shutil.which(NAME)
    if script is None:
        # Run from its source folder, without being installed in this Python.
        return f"{_as_typed(python)} -m linkage_sim"
    if known is not None and os.path.samefile(known, script):
        return NAME
    return _as_typed(script)


def command_line(arguments: Sequence[str] | None = None) -> str:
    """Write a whole command, quoted where needed; what was typed if no arguments are given."""
    words = _typed if arguments is None else arguments
    return " ".join([program_name(), *map(shlex.quote, words)])


def pip_install(what: str) -> str:
    """Give the command that installs something into the Python that runs this program."""
    python = _as_typed(Path(os.path.abspath(sys.executable))) if sys.executable else "python"
    return f"{python} -m pip install {what}"


def package(extra: str) -> str:
    """Name this package with an extra: its source folder where it runs from one."""
    root = Path(__file__).resolve().parents[2]
    if not (root / "pyproject.toml").is_file():
        return shlex.quote(f"{NAME}[{extra}]")
    try:
        folder = os.path.join(".", root.relative_to(Path.cwd()))
    except (ValueError, OSError):
        folder = str(root)
    return f"--editable {shlex.quote(f'{os.path.normpath(folder)}[{extra}]')}"


def _as_typed(path: Path) -> str:
    """Name a program from the working directory where it lies below it."""
    found = shutil.which(path.name)
    if found is not None and os.path.samefile(found, path):
        return path.name
    try:
        below = path.relative_to(Path.cwd())
    except (ValueError, OSError):
        return shlex.quote(str(path))
    # A bare name would be looked up on the PATH.
    return shlex.quote(str(below) if len(below.parts) > 1 else os.path.join(".", below))
