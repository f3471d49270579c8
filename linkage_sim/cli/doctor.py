"""`linkage-sim doctor`: what of this installation works, and what to do about the rest."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import typer
from rich.cells import cell_len

from linkage_sim import __version__
from linkage_sim.cli.options import AsJson, Lang, print_json
from linkage_sim.cli.typed import package, pip_install
from linkage_sim.words import bracketed, listing, say, system_reason

NEEDED = ("mesa", "numpy", "numba", "scipy", "networkx", "matplotlib", "pydantic", "typer", "rich",
          "pandas", "pyarrow", "tree-sitter", "tree-sitter-toml")
EXTRAS = {"app": ("solara",), "analysis": ("SALib", "pyabc"), "cluster": ("dask", "distributed")}
OLDEST_PYTHON = (3, 11)
STATE_CELLS = 8
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts",
                "/Library/Fonts", "/System/Library/Fonts", "C:/Windows/Fonts")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: its state is ok, note (something optional is missing) or bad."""

    name: str
    state: str
    found: str
    remedy: str = ""


def doctor(as_json: AsJson = False, lang: Lang = None) -> None:
    """Check this installation; ends with 1 when something needed is missing."""
    findings = list(look_around())
    if as_json:
        print_json([asdict(item) for item in findings])
    else:
        for item in findings:
            state = say(f"cli.doctor.{item.state}")
            blank = " " * (STATE_CELLS - cell_len(state))
            typer.echo(f"{state}{blank} {item.name}{say('sign.colon')}{item.found}")
            if item.remedy:
                typer.echo(f"{' ' * STATE_CELLS} -> {item.remedy}")
    if any(item.state == "bad" for item in findings):
        raise typer.Exit(1)


def look_around() -> Iterator[Finding]:
    """Look at versions, folders, compiled code, memory, scenarios and fonts."""
    yield _python()
    yield Finding("linkage-sim", "ok", bracketed(__version__, str(Path(__file__).parents[1])))
    for name in NEEDED:
        yield _library(name)
    for extra, names in EXTRAS.items():
        yield _extra(extra, names)
    yield _scenarios()
    yield _writable()
    yield _compiled_code()
    yield _machine()
    yield _fonts()


def _python() -> Finding:
    found = bracketed(platform.python_version(), sys.executable)
    if sys.version_info >= OLDEST_PYTHON:
        return Finding("Python", "ok", found)
    return Finding("Python", "bad", found, say("cli.doctor.python"))


def _library(name: str) -> Finding:
    try:
        return Finding(name, "ok", version(name))
    except PackageNotFoundError:
        return Finding(name, "bad", say("cli.doctor.absent"), pip_install(name))


def _extra(extra: str, names: tuple[str, ...]) -> Finding:
    found, absent = [], []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            absent.append(name)
    if not absent:
        return Finding(f"[{extra}]", "ok", listing(found))
    wanted = say("cli.doctor.not_installed", names=listing(absent))
    return Finding(f"[{extra}]", "note", wanted, pip_install(package(extra)))


def _scenarios() -> Finding:
    from linkage_sim.scenario.locate import shipped_folder, shipped_reforms, shipped_scenarios

    names = [*shipped_scenarios(), *(f"+{name}" for name in shipped_reforms())]
    if "x_community" in names:
        return Finding(say("cli.doctor.scenarios"), "ok", listing(names))
    return Finding(say("cli.doctor.scenarios"), "bad", str(shipped_folder()),
                   say("cli.doctor.reinstall"))


def _writable() -> Finding:
    name = say("cli.doctor.results")
    here = Path.cwd()
    target = here / "results" if (here / "results").is_dir() else here
    try:
        with tempfile.TemporaryFile(dir=target):
            return Finding(name, "ok", say("cli.doctor.writable", path=target))
    except OSError as error:
        found = f"{target}{say('sign.colon')}{system_reason(error)}"
        return Finding(name, "bad", found, say("cli.doctor.elsewhere"))


def _compiled_code() -> Finding:
    name = say("cli.doctor.compiled")
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    home = os.environ.get("XDG_CACHE_HOME")
    base = Path(home) if home else Path.home() / ".cache"
    folder = Path(chosen) if chosen else base / "linkage-sim" / "compiled"
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return Finding(name, "note", "NUMBA_DISABLE_JIT", say("cli.doctor.jit_off"))
    if folder.is_dir() and any(folder.rglob("*.nbi")):
        return Finding(name, "ok", str(folder))
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if os.access(nearest, os.W_OK):
        return Finding(name, "ok", say("cli.doctor.not_yet_compiled", path=folder))
    return Finding(name, "note", say("cli.doctor.not_kept", path=nearest),
                   say("cli.doctor.set_cache"))


def _machine() -> Finding:
    from linkage_sim.scenario.memory import free_bytes

    free = free_bytes()
    memory = "?" if free is None else f"{free / 1e9:.1f}"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Finding(say("cli.doctor.machine"), "ok",
                   say("cli.doctor.cores", cores=cores, memory=memory, system=platform.platform()))


def _fonts() -> Finding:
    from linkage_sim.report.fonts import CJK_FILES

    name = say("cli.doctor.fonts")
    packaged = Path(__file__).parents[1]
    for folder in (packaged, *(Path(item).expanduser() for item in FONT_FOLDERS)):
        for pattern in CJK_FILES:
            found = next(folder.rglob(pattern), None) if folder.is_dir() else None
            if found is not None:
                return Finding(name, "ok", str(found))
    return Finding(name, "note", say("cli.doctor.no_font"), say("cli.doctor.install_font"))
