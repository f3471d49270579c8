"""What a person reads when a study cannot be used: file, line, key, found, allowed, nearest."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from linkage_sim.errors import InputError
from linkage_sim.scenario import loading
from linkage_sim.scenario.memory import BYTES_PER_RESIDENT
from linkage_sim.studies.study import Study, load_study
from linkage_sim.studies.tasks import Tasks

Typed = Callable[..., tuple[int, str, str]]
DAYS = '"policy.approval.fixed_latency_days"'
GRID = 'scenario = "toy"\ndesign = "grid"\n'
SAMPLE = 'scenario = "toy"\ndesign = "latin_hypercube"\nsamples = 4\n'
RANGE = SAMPLE + "[parameters]\n" + DAYS + " = "

# Written from the rule (place: key: what was found, what is allowed, the nearest name), not copied
# from what the program says: the text, where the fault is, what must be told in each language.
MISTAKES = {
    "a misspelt key": (
        GRID + "replication = 3\n", "3: replication:",
        ["unknown key", "did you mean 'replications'"], ["没有这个参数", "“replications”"],
    ),
    "a list where a number belongs": (
        GRID + "replications = [1, 2]\n", "3: replications:", ["found [1, 2]", "a whole number"],
        ["填写的是 [1, 2]", "整数"],
    ),
    "a seed beyond the largest": (
        GRID + f"seed = {2**63}\n", "3: seed:",
        ["found 9223372036854775808", "at most 9,223,372,036,854,775,807"],
        ["填写的是 9223372036854775808", "不大于 9,223,372,036,854,775,807"],
    ),
    "no design at all": ('scenario = "toy"\n', " design:", ["missing"], ["必须填写"]),
    "a misspelt design": (
        'scenario = "toy"\ndesign = "latinhypercube"\n', "2: design:",
        ['found "latinhypercube"', '"grid"', '"product"', "did you mean 'latin_hypercube'"],
        ['填写的是 "latinhypercube"', '"grid"', "“latin_hypercube”"],
    ),
    "a sample without a size": (
        SAMPLE.replace("samples = 4\n", "[parameters]\n") + DAYS + " = {low = 1, high = 5}\n",
        " samples:", ["'latin_hypercube'", "for example samples = 200"], ["samples = 200"],
    ),
    "a size where everything is listed": (
        GRID + "samples = 5\n[parameters]\n" + DAYS + " = [5]\n", "3: samples:",
        ["'grid'", "take samples out"], ["“grid”", "请删去 samples"],
    ),
    "a size for a product of lists": (
        GRID.replace("grid", "product") + "samples = 5\n[parameters]\n" + DAYS + " = [5]\n",
        "3: samples:", ["'product'", "take samples out"], ["“product”", "请删去 samples"],
    ),
    "a range in a grid": (
        GRID + "[parameters]\n" + DAYS + " = {low = 1, high = 5}\n", f"4: parameters.{DAYS}:",
        ["'grid'", "a list of values, not a range", "latin_hypercube"], ["“grid”", "取值列表"],
    ),
    "a range the wrong way round": (
        RANGE + "{low = 5, high = 1}\n", f"5: parameters.{DAYS}:", ["low 5", "high 1"],
        ["low 5", "high 1"],
    ),
    "a range without an end": (
        RANGE + "{low = 5}\n", f"5: parameters.{DAYS}: high", ["missing"], ["必须填写"],
    ),
    "a range that ends at infinity": (
        RANGE + "{low = 5, high = inf}\n", f"5: parameters.{DAYS}: high",
        ["found inf", "a finite number"], ["填写的是 inf", "有限的数字"],
    ),
    "a misspelt word in a range": (
        RANGE + '{low = 5, high = 6, scalle = "log"}\n', f"5: parameters.{DAYS}: scalle",
        ["did you mean 'scale'"], ["“scale”"],
    ),
    "an unknown scenario": (
        GRID.replace("toy", "toyy"), "1: scenario:",
        ["'toyy'", "x_community", "did you mean 'toy'"], ["“toyy”", "x_community", "“toy”"],
    ),
    "no scenario in the list": (
        GRID.replace('"toy"', "[]"), "1: scenario:", ["empty", "for example scenario ="],
        ["列表为空", "例如 scenario ="],
    ),
    "a number among the scenarios": (
        GRID.replace('"toy"', '["toy", 3]'), "1: scenario[2]:", ["found 3", "text in quotes"],
        ["填写的是 3", "加引号的文字"],
    ),
    "a scenario twice": (
        GRID.replace('"toy"', '["toy", "toy"]'), "1: scenario[2]:", ["'toy'", "take one out"],
        ["“toy”", "请删去"],
    ),
    "an unknown outcome": (
        GRID + 'outcomes = ["need_coverage", "demand_mach"]\n', "3: outcomes[2]:",
        ['"demand_mach"', "did you mean 'demand_match'"], ['"demand_mach"', "“demand_match”"],
    ),
    "an outcome twice": (
        GRID + 'outcomes = ["demand_match", "demand_match"]\n', "3: outcomes[2]:",
        ["'demand_match'", "take one of the two out"], ["“demand_match”", "请删去"],
    ),
    "a misspelt parameter": (
        GRID + '[parameters]\n"policy.approval.fixed_latency_day" = [5]\n',
        '4: parameters."policy.approval.fixed_latency_day":',
        ["unknown key", "did you mean 'fixed_latency_days'"],
        ["没有这个参数", "“fixed_latency_days”"],
    ),
    "a value outside the range of its parameter": (
        GRID + "[parameters]\n" + DAYS + " = [5, 1000]\n", f"4: parameters.{DAYS}:",
        ["found 1000", "0 to 364 (days)"], ["填写的是 1000", "0 至 364（天）"],
    ),
    "a number where a list belongs": (
        GRID + "[parameters]\n" + DAYS + " = 5\n", f"4: parameters.{DAYS}:",
        ["found 5", "a list of values", "{low = 0.1, high = 0.6}"],
        ["填写的是 5", "取值列表", "{low = 0.1, high = 0.6}"],
    ),
    "the same parameter with and without quotes": (
        GRID + f"[parameters]\n{DAYS} = [5]\npolicy.approval.fixed_latency_days = [6]\n",
        "5: parameters.policy.approval.fixed_latency_days:",
        ["mine.toml:4", "sets the same value", "keep one"], ["mine.toml:4", "请只保留其中一个"],
    ),
    "a parameter that is set as well": (
        GRID + f"[parameters]\n{DAYS} = [5]\n[set]\n{DAYS} = 3\n", f"6: set.{DAYS}:",
        ["mine.toml:4", "keep one"], ["mine.toml:4", "请只保留其中一个"],
    ),
    "weights that are all zero": (
        GRID + '[parameters]\n"policy.evaluation.weights" = [{activity = 0, documents = 0, '
        "satisfaction = 0, outcome = 0}]\n", '4: parameters."policy.evaluation.weights":',
        ["all weights are 0", "above 0"], ["所有权重均为 0", "大于 0"],
    ),
    "a title that no run depends on": (
        GRID + '[parameters]\ntitle = ["a", "b"]\n', "4: parameters.title:",
        ["sets nothing that a run depends on"], ["没有设定任何影响运行的参数"],
    ),
    "extends, which only scenarios have": (
        GRID + '[parameters]\nextends = ["toy"]\n', "4: parameters.extends:",
        ["scenario files alone"], ["只能写在情景文件中"],
    ),
    "lists of two lengths": (
        GRID.replace("grid", "list") + f'[parameters]\n{DAYS} = [5, 6]\n"run.years" = [1, 2, 3]\n',
        "3: parameters:", ["equally long", "fixed_latency_days: 2", "run.years: 3"],
        ["长度必须相同", "fixed_latency_days: 2"],
    ),
    "more runs than anybody waits for": (
        SAMPLE.replace("4", "1000000") + "replications = 100\n[parameters]\n" + DAYS
        + " = {low = 1, high = 4}\n", " ", ["100,000,000 runs", "10,000,000"],
        ["100,000,000", "10,000,000", "请减少"],
    ),
    "a last seed beyond the largest": (
        GRID + f"seed = {2**63 - 2}\nreplications = 3\n", "3: seed:",
        ["larger than 9,223,372,036,854,775,807", "lower seed"], ["请减小 seed"],
    ),
}


def problems(folder: Path, text: str, *settings: str) -> list[str]:
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_study(folder / "mine.toml", settings)
    return caught.value.messages


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_told_with_its_place_in_both_languages(
    name: str, typed: Typed, tmp_path: Path
) -> None:
    text, place, english, chinese = MISTAKES[name]
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    for lang, fragments in (("en", english), ("zh", chinese)):
        code, out, err = typed("sweep", "mine.toml", "--dry-run", "--lang", lang)
        (line,) = err.splitlines()
        assert (code, out) == (2, "")
        assert line.startswith(f"mine.toml:{place}")
        assert [part for part in fragments if part not in line] == []


def test_two_mistakes_are_told_together_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(tmp_path, GRID + 'outcomes = ["x"]\n[parameters]\n' + DAYS + " = []\n")
    assert [text.split(": ")[1] for text in found] == ["outcomes[1]", f"parameters.{DAYS}"]


def test_an_option_that_is_wrong_is_named_and_not_the_file(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        GRID + f"seed = 1\n[parameters]\n{DAYS} = [5]\n", encoding="utf-8")
    for words, start in (
        (("--seed", str(2**63)), "--seed: seed: found 9223372036854775808"),
        (("--set", "run.years=0"), "--set: run.years: found 0"),
        (("--set", "policy.approval.fixed_latency_days=3"), "--set policy.approval.fixed_latency"),
        (("--set", "policy.approval={}"), "--set policy.approval: "),
    ):
        code, _, err = typed("sweep", "mine.toml", "--dry-run", *words)
        assert (code, err.startswith(start), err.count("\n")) == (2, True, 1), err


def test_more_points_than_a_computer_counts_are_refused(tmp_path: Path) -> None:
    values = ", ".join(str(0.1 + number / 50_000) for number in range(1000))
    names = ["world.renter_share", "world.floating_share", "assumptions.needs.drift_sd"]
    lists = "\n".join(f'"{name}" = [{values}]' for name in names)
    days = ", ".join(str(number / 10) for number in range(3000))
    text = f"{GRID}replications = 100000\n[parameters]\n{lists}\n{DAYS} = [{days}]\n"
    (message,) = problems(tmp_path, text)
    assert "300,000,000,000,000,000 runs" in message


def test_a_study_made_in_python_is_held_to_the_same_number_of_runs(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(GRID + f"[parameters]\n{DAYS} = [5, 6]\n", encoding="utf-8")
    read = load_study(tmp_path / "mine.toml")
    large = Study(read.names, read.scenarios, "product", read.factors * 40, replications=2**40)
    assert large.n_runs == 2**40 * 2**40
    with pytest.raises(InputError, match="the study asks for"):
        Tasks(large)


@pytest.mark.parametrize(("text", "settings", "start"), [
    ('[parameters]\n"world.residents" = [12, 5001]\n', (), "mine.toml:4: parameters."),
    ('[parameters]\nworld = [{residents = 5001}]\n', (), "mine.toml:4: parameters.world: "),
    ('[set]\n"world.residents" = 5001\n', (), 'mine.toml:4: set."world.residents": '),
    ("", ("world.residents=5001",), "mine.toml:1: scenario: "),
])
def test_residents_that_no_memory_holds_are_refused_with_the_estimate(
    text: str, settings: tuple[str, ...], start: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loading, "free_bytes", lambda: 5000 * BYTES_PER_RESIDENT)
    monkeypatch.chdir(tmp_path)
    (message,) = problems(Path(), GRID + text, *settings)
    assert message.startswith(start)
    assert "5,001 residents need about" in message
    fewer = [item.replace("5001", "5000") for item in settings]
    Path("mine.toml").write_text(GRID + text.replace("5001", "5000"), encoding="utf-8")
    assert load_study(Path("mine.toml"), fewer).most_residents == 5000


def test_the_upper_end_of_a_range_of_residents_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "free_bytes", lambda: 5000 * BYTES_PER_RESIDENT)
    text = SAMPLE + '[parameters]\n"world.residents" = {low = 12, high = 5001}\n'
    assert "5,001 residents need about" in problems(tmp_path, text)[0]


@pytest.mark.parametrize("text", [
    GRID + "[parameters]\n" + "\n".join(f'"k{number}" = [1]' for number in range(20_000)),
    GRID + f"[parameters]\n{DAYS} = [" + ", ".join(f'"{n}"' for n in range(20_000)) + "]\n",
    GRID + "outcomes = [" + '"demand_mach", ' * 50_000 + "]\n",
    GRID.replace('"toy"', "[" + '"toy", ' * 3_000 + "]"),
])
def test_thousands_of_mistakes_cost_seconds_and_not_hours(text: str, tmp_path: Path) -> None:
    began = time.process_time()
    assert 10 < len(problems(tmp_path, text)) <= 110
    assert time.process_time() - began < 10


def test_a_long_list_of_good_values_is_read_quickly(tmp_path: Path) -> None:
    days = ", ".join(str(number / 100) for number in range(20_000))
    (tmp_path / "mine.toml").write_text(
        f"{GRID}[parameters]\n{DAYS} = [{days}]\n", encoding="utf-8")
    began = time.process_time()
    assert load_study(tmp_path / "mine.toml").n_runs == 20_000 * 20
    assert time.process_time() - began < 10
