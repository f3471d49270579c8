"""What README and docs tell a reader to type works, and what they point to is there."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from linkage_sim.cli.app import main
from linkage_sim.errors import InputError
from linkage_sim.report.fonts import chinese_font
from linkage_sim.report.number_blocks import START
from linkage_sim.report.number_tables import chosen_for_baseline

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# Commands that install, make an environment, or run for minutes are not tried here; CI runs make.
# The interactive view goes on until it is stopped; tests/app tries it.
NOT_TRIED = ("make", "uv", "pip", ".", "git", "python3 -m venv", ".venv/bin/python -m pip",
             "linkage-sim app")
REFORMS = ("public_opinion", "fast_approval", "effectiveness_first", "scientific_evaluation",
           "full_reform")


def fences(path: Path, language: str) -> list[str]:
    return [text for kind, text in FENCE.findall(path.read_text(encoding="utf-8"))
            if kind == language]


def commands(path: Path) -> list[str]:
    lines = [line for text in fences(path, "sh") for line in text.replace("\\\n", "").split("\n")]
    return [line for line in lines if line.strip() and not line.startswith("#")]


def is_tried(command: str) -> bool:
    return not any(command == start or command.startswith(start + " ") for start in NOT_TRIED)


def small(text: str) -> str:
    """Turn a command or program into one for twelve residents and two seeds."""
    text = re.sub(r"--replications \d+", "--replications 2 --jobs 1", text)
    text = re.sub(r"world\.residents=\d+", "world.residents=14", text)
    text = re.sub(r"world\.budget_yuan_per_year=\d+", "world.budget_yuan_per_year=3000", text)
    return re.sub(r"\bx_community\b", "toy", text.replace("range(5)", "range(2)"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `make run` leaves it, with the documents and the files they tell one to write."""
    folder = tmp_path_factory.mktemp("desk")
    programs = folder / "bin"
    programs.mkdir()
    for name, call in (("linkage-sim", "-m linkage_sim "), ("python", "")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {call}"$@"\n')
        (programs / name).chmod(0o755)
    for path in DOCUMENTS:
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(small(path.read_text(encoding="utf-8")), encoding="utf-8")
    for text in [
        text for path in DOCUMENTS for kind in ("python", "toml") for text in fences(path, kind)
    ]:
        named = re.match(r"# (\w+\.(?:py|toml))\n", text)
        if named:
            (folder / named[1]).write_text(small(text), encoding="utf-8")
    scenarios = " ".join(["toy", *(f"toy+{name}" for name in REFORMS)])
    typed(folder, f"linkage-sim compare {scenarios} --replications 2 --out results/toy")
    return folder


def typed(folder: Path, command: str) -> str:
    """Do what is typed; the program itself in this process, which need not load it every time."""
    words = shlex.split(command)
    if words[0] == "linkage-sim":
        said, complained = io.StringIO(), io.StringIO()
        with (contextlib.chdir(folder), contextlib.redirect_stdout(said),
              contextlib.redirect_stderr(complained)):
            code = main([*words[1:], "--lang", "en"])
        assert code == 0, f"{command}\n{said.getvalue()}\n{complained.getvalue()}"
        return said.getvalue()
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, text=True, capture_output=True, timeout=300,
        env={**os.environ, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
             "PYTHONPATH": str(ROOT), "LINKAGE_LANG": "en"},
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def told_to_type() -> list[str]:
    """Every command of every document, once, in the order of reading."""
    return list(dict.fromkeys(
        command for path in DOCUMENTS for command in commands(path) if is_tried(command)
    ))


needs_shell = pytest.mark.skipif(shutil.which("sh") is None, reason="there is no POSIX shell")


def without_chinese_font() -> str:
    """Give what makes the Chinese page's command succeed where no Chinese picture can be drawn."""
    try:
        chinese_font()
    except InputError:
        return " || test $? -eq 2"
    return ""


@pytest.mark.slow
@needs_shell
def test_every_command_of_the_documents_works(desk: Path) -> None:
    """In one go, because later commands use what earlier ones wrote."""
    assert len(told_to_type()) > 12
    for command in told_to_type():
        command = small(command).replace("PYTHONPATH=.", f"PYTHONPATH=.{os.pathsep}{ROOT}")
        if "--project ID" in command:
            listed = typed(desk, command.replace("--project ID", ""))
            command = command.replace("ID", listed.split("\n")[1].split()[0])
        if command.startswith("python -m linkage_sim.report.number_blocks README.zh.md"):
            command += without_chinese_font()
        typed(desk, command)


@needs_shell
def test_a_command_that_fails_is_seen(desk: Path) -> None:
    """Negative control."""
    with pytest.raises(AssertionError, match="no_such_reform"):
        typed(desk, "linkage-sim validate toy+no_such_reform")


@needs_shell
@pytest.mark.parametrize("program", [
    text for text in fences(ROOT / "README.md", "python") if not text.startswith("# ")
])
def test_every_program_of_the_readme_works(desk: Path, program: str) -> None:
    (desk / "program.py").write_text(small(program), encoding="utf-8")
    assert typed(desk, "python program.py")


def test_only_installing_and_make_are_not_tried() -> None:
    left_out = {command for path in DOCUMENTS for command in commands(path)
                if not is_tried(command)}
    assert all("install" in item or "venv" in item or item.startswith(("make", "linkage-sim app"))
               for item in left_out)
    assert {"make run", "make test"} <= left_out


def test_the_chinese_readme_starts_with_the_same_commands() -> None:
    english, chinese = (commands(ROOT / name) for name in ("README.md", "README.zh.md"))
    own = [item.replace("README.zh.md", "README.md") for item in chinese]
    assert [item for item in english if item in own] == own
    assert own[:2] == ["make run", "make test"]


def test_the_chinese_readme_has_every_section_table_and_picture_of_the_english_one() -> None:
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md")]
    english, chinese = (FENCE.sub("", text) for text in texts)
    for shape in (r"^#+ ", r"^\|---", r"^!\[", r"^- \*\*", r"^<!-- numbers: \w+"):
        found, wanted = (re.findall(shape, text, re.MULTILINE) for text in (chinese, english))
        assert found == wanted, shape
    for kind in ("sh", "powershell", "toml", "python"):
        numbers = [len(fences(ROOT / name, kind)) for name in ("README.md", "README.zh.md")]
        assert numbers[0] == numbers[1], kind
    assert "docs/images/forest.zh.png in zh -->" in chinese


def links(path: Path) -> Iterator[str]:
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if "://" not in target and not target.startswith(("#", "mailto:")):
            yield target.partition("#")[0]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    assert [target for target in links(path) if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_block_of_numbers_is_filled_and_names_its_command(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    name = path.relative_to(ROOT).as_posix()
    for part in re.split(r"^(?=<!-- numbers:)", text, flags=re.MULTILINE)[1:]:
        marker, _, rest = part.partition("\n")
        assert START.match(marker), marker
        body, end, _ = rest.partition("<!-- end -->")
        assert end, f"{name}: {marker} is not closed"
        assert f"python -m linkage_sim.report.number_blocks {name}" in body, f"{name}: {marker}"


def test_validation_lists_every_value_the_schema_calls_fitted() -> None:
    text = (ROOT / "docs/validation.md").read_text(encoding="utf-8")
    missing = [item.name for item in chosen_for_baseline() if f"| `{item.name}` |" not in text]
    assert not missing, (
        "fill it again: python -m linkage_sim.report.number_blocks docs/validation.md "
        "results/x_community"
    )


def test_every_decision_is_listed_and_has_its_four_parts() -> None:
    folder = ROOT / "docs" / "decisions"
    records = sorted(folder.glob("[0-9]*.md"))
    listed = [target for target in links(folder / "README.md") if "/" not in target]
    assert [path.name for path in records] == listed
    numbers = [path.name[:4] for path in records]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]
    for path in records:
        heads = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert heads == ["Context", "Decision", "Consequences", "Alternatives"], path.name
