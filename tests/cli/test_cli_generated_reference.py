"""docs/parameters.md says what the schema says."""

from __future__ import annotations

from pathlib import Path

import pytest

from linkage_sim.cli.app import main

REFERENCE = Path(__file__).parents[2] / "docs" / "parameters.md"
COMMAND = "linkage-sim parameters --markdown --lang en > docs/parameters.md"


def test_the_reference_of_parameters_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parameters", "--markdown", "--lang", "en"]) == 0
    written = REFERENCE.read_text(encoding="utf-8")
    assert written == capsys.readouterr().out, f"make it again: {COMMAND}"
