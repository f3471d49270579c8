"""A file that cannot stand behind a plus is refused with what to type instead, and that works."""

from __future__ import annotations

from pathlib import Path

import pytest

from linkage_sim.errors import InputError
from linkage_sim.scenario.loading import load_scenario

FILES = {
    "based": 'extends = "x_community"\n[policy.proposal]\nmethod = "survey"\n',
    "ideas": "[world]\norganizations = 9\n",
    "people": "[world]\ncommittee_staff = 8\n",
    "own": 'extends = "toy"\n[world]\norganizations = 9\n',
    "desks": "[policy.approval]\nfixed_latency_days = 30\n",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reforms").mkdir()
    for name, text in FILES.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "reforms" / "inside.toml").write_text(FILES["ideas"], encoding="utf-8")


def refusal(source: str) -> str:
    with pytest.raises(InputError) as caught:
        load_scenario(source)
    (message,) = caught.value.messages
    return message


def test_a_reform_with_a_base_is_told_to_drop_it_or_to_stand_alone() -> None:
    message = refusal("x_community+based")
    assert message.startswith("based.toml:1: extends: ")
    assert message.endswith("take the line extends out, or use based.toml by itself")
    assert load_scenario("based.toml").policy.proposal.method == "survey"


@pytest.mark.parametrize(("source", "better"), [
    ("x_community+ideas+desks+full_reform", "ideas+desks+full_reform"),
    ("x_community+desks+ideas", "ideas+desks"),
    ("x_community+inside", "reforms/inside"),
    ("toy+desks+own", "own+desks"),
])
def test_a_file_about_the_world_is_told_to_stand_first(source: str, better: str) -> None:
    message = refusal(source)
    assert message.endswith(f": {better}") and "world" in message
    assert load_scenario(better).world.organizations == 9


def test_on_another_base_it_needs_a_line_more() -> None:
    message = refusal("toy+ideas+desks")
    assert 'extends = "toy"' in message and message.endswith(": ideas+desks")
    Path("ideas.toml").write_text('extends = "toy"\n' + FILES["ideas"], encoding="utf-8")
    whole = load_scenario("ideas+desks")
    assert whole.world.residents == load_scenario("toy").world.residents
    assert whole.world.organizations == 9 and whole.policy.approval.fixed_latency_days == 30


def test_two_files_cannot_both_stand_first() -> None:
    with pytest.raises(InputError) as caught:
        load_scenario("x_community+ideas+people")
    assert len(caught.value.messages) == 2
    assert all("move this into a scenario" in text for text in caught.value.messages)


def test_a_missing_piece_is_told_once() -> None:
    with pytest.raises(InputError) as caught:
        load_scenario("x_community+ideas+nowhere")
    assert [("nowhere" in text) for text in caught.value.messages] == [False, True]
