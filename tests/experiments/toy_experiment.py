"""A small experiment for tests: whether waiting shortens delivery, on the toy scenario."""

from __future__ import annotations

from pathlib import Path

STUDY = """
scenario = "toy"
design = "grid"
replications = 4
outcomes = ["implementation_weeks", "demand_match"]
recording = []
[parameters]
"policy.approval.fixed_latency_days" = [5, 60, 120]
"""
EXPERIMENT = """
title = "Waiting"
title_zh = "等待"
question = "Does waiting shorten delivery?"
question_zh = "等待会缩短实施吗？"

[[studies]]
name = "days"
file = "days.toml"
[studies.quick]
replications = 2
[studies.quick.parameters]
"policy.approval.fixed_latency_days" = [5, 120]

[[findings]]
name = "waiting_shortens"
says = "A long wait shortens delivery."
says_zh = "等待时间长会缩短实施。"
headline = true
study = "days"
outcome = "implementation_weeks"
plus = [{ fixed_latency_days = 120 }]
minus = [{ fixed_latency_days = 5 }]
expected = "below"
predicted = "below"
"""


def write_experiment(folder: Path, text: str = EXPERIMENT, study: str = STUDY) -> Path:
    """Write the two files of an experiment and give their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "experiment.toml").write_text(text, encoding="utf-8")
    (folder / "days.toml").write_text(study, encoding="utf-8")
    return folder
