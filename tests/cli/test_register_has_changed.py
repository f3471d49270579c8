"""A register that is not the imported one any more is told by every verb, rows kept private."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from linkage_sim.errors import InputError
from linkage_sim.scenario.loading import load_scenario

Typed = Callable[..., tuple[int, str, str]]
PEOPLE = "id,age,household,building\nQZ-1,67,101,A\nQZ-2,30,101,B\nQZ-3,8,101,B\n"


@pytest.fixture
def place(typed: Typed, tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    assert typed("import", "register", "people.csv", "--out", "mine.toml")[0] == 0
    return tmp_path


@pytest.mark.parametrize("verb", ["validate", "run"])
@pytest.mark.parametrize(("lang", "told"), [("en", "it has changed since"), ("zh", "已有改动")])
def test_one_cell_more_is_enough(
    typed: Typed, place: Path, verb: str, lang: str, told: str
) -> None:
    assert typed("validate", "mine.toml")[0] == 0
    (place / "people.csv").write_text(PEOPLE.replace("67", "68"), encoding="utf-8")
    code, out, err = typed(verb, "mine.toml", "--lang", lang)
    assert (code, out) == (2, "")
    assert err.startswith("mine.toml:8: world.resident_register.path: ") and told in err
    assert "import register" in err
    assert "QZ" not in err and "68" not in err
    # The earlier file makes it right again.
    (place / "people.csv").write_text(PEOPLE, encoding="utf-8")
    assert typed("validate", "mine.toml")[0] == 0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_register_that_is_gone(typed: Typed, place: Path, lang: str) -> None:
    (place / "people.csv").unlink()
    code, _, err = typed("validate", "mine.toml", "--lang", lang)
    assert code == 2
    assert err.startswith("mine.toml:8: world.resident_register.path: ") and "people.csv" in err
    assert ("moved, renamed or deleted" in err) == (lang == "en")


def test_a_path_given_on_the_way_is_checked_too(typed: Typed, place: Path) -> None:
    code, out, _ = typed("validate", "mine.toml", "--json", "--set",
                         "world.resident_register.path=other.csv")
    assert code == 2
    assert "no file other.csv" in json.loads(out)[0]["problems"][0]
    with pytest.raises(InputError, match="cannot be read"):
        load_scenario("mine.toml", {"world.resident_register.path": str(place)})


@pytest.mark.parametrize("verb", ["validate", "run"])
def test_a_wrong_number_of_residents_is_no_traceback(
    typed: Typed, place: Path, verb: str
) -> None:
    text = (place / "mine.toml").read_text(encoding="utf-8")
    (place / "mine.toml").write_text(text.replace("residents = 3", "residents = 5"), "utf-8")
    code, _, err = typed(verb, "mine.toml")
    assert code == 2
    assert "has 3 residents, the scenario says 5; write 3 in world.residents" in err
