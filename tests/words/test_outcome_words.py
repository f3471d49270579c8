"""Every outcome has a label, a definition and a unit, in both languages."""

from __future__ import annotations

import pytest

from linkage_sim.outcomes import BY_NAME, NAMES
from linkage_sim.words import LANGUAGES, entries


@pytest.mark.parametrize("name", NAMES)
def test_every_outcome_is_named_and_defined(name: str) -> None:
    for part in ("label", "definition"):
        words = entries()[f"outcome.{name}.{part}"]
        assert all(words[lang].strip() for lang in LANGUAGES)
    unit = entries()["unit." + BY_NAME[name].unit.replace(" ", "_").replace(".", "")]
    assert all(unit[lang].strip() for lang in LANGUAGES)


def test_nothing_is_defined_that_is_not_an_outcome() -> None:
    named = {key.split(".")[1] for key in entries() if key.startswith("outcome.")}
    assert named == set(NAMES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_labels_tell_outcomes_apart(lang: str) -> None:
    labels = [entries()[f"outcome.{name}.label"][lang] for name in NAMES]
    assert len(set(labels)) == len(labels)
