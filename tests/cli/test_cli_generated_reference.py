"""docs/parameters.md and its Chinese twin say what the schema says."""

from __future__ import annotations

from pathlib import Path

import pytest

from linkage_sim.cli.app import main

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("lang", "name"), [("en", "parameters.md"), ("zh", "parameters.zh.md")])
def test_the_reference_of_parameters_is_up_to_date(
    lang: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = ["parameters", "--markdown", "--lang", lang]
    assert main(typed) == 0
    written = (DOCS / name).read_text(encoding="utf-8")
    again = f"linkage-sim {' '.join(typed)} > docs/{name}"
    assert written == capsys.readouterr().out, f"make it again: {again}"
