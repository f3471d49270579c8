"""What a person reads when a scenario cannot be used: file, line, key, found, allowed, nearest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage_sim.errors import InputError
from linkage_sim.inputs.fragment import to_toml
from linkage_sim.scenario import loading
from linkage_sim.scenario.lines import key_lines
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.memory import BYTES_PER_RESIDENT
from linkage_sim.scenario.schema import Scenario, parameters


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKAGE_LANG", "en")
    return tmp_path


def problems(folder: Path, text: str | bytes, overrides: tuple[str, ...] = ()) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    (folder / "mine.toml").write_bytes(data)
    with pytest.raises(InputError) as caught:
        load_scenario("mine.toml", overrides)
    return caught.value.messages


def test_the_example_of_the_interface(folder: Path) -> None:
    text = "\n" * 12 + "[policy.proposal]\n[policy.aproval]\nx = 1\n"
    assert problems(folder, text) == [
        "mine.toml:14: policy.aproval: unknown key; did you mean 'approval'?"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[run]\nyears = 0\n",
         "mine.toml:2: run.years: found 0, allowed: a whole number, 1 to 100 (years)"),
        ("[world]\nresidents = 3.5\n",
         "mine.toml:2: world.residents: found 3.5, allowed: a whole number, "
         "2 to 50,000,000 (persons)"),
        ('[world]\nresidents = "5200"\n',
         'mine.toml:2: world.residents: found "5200", allowed: a whole number, '
         "2 to 50,000,000 (persons)"),
        ("[policy.approval]\n\nfixed_latency_days = true\n",
         "mine.toml:3: policy.approval.fixed_latency_days: found true, allowed: a number, "
         "0 to 364 (days) or false"),
        ("[policy.approval]\nfixed_latency_days = nan\n",
         "mine.toml:2: policy.approval.fixed_latency_days: found nan, allowed: a finite number, "
         "0 to 364 (days) or false"),
        ('title = "' + "x" * 201 + '"\n', 'mine.toml:1: title: found "xxx'),
        ('[[policy.approval.desks]]\nname = ""\n',
         'mine.toml:2: policy.approval.desks[1].name: found "", allowed: text in quotes, at least '
         "1 character"),
        ("[assumptions.needs]\ndrift_sd = inf\n",
         "mine.toml:2: assumptions.needs.drift_sd: found inf, allowed: a finite number"),
        ("policy = 3\n", "mine.toml:1: policy: found 3, allowed: a table of named values"),
        ('[policy.proposal]\nvote_rule = "greed"\n',
         'mine.toml:2: policy.proposal.vote_rule: found "greed", allowed: "greedy" or '
         "\"equal_shares\"; did you mean 'greedy'?"),
        ('[policy.proposal]\nmethod = "votes"\n',
         "mine.toml:2: policy.proposal.method: found 'votes', allowed: mixed, "),
        ("[policy.proposal]\nmethod = '''\nvote\n'''\n",
         "mine.toml:2: policy.proposal.method: found 'vote\\n', allowed: mixed, "),
        ('[policy.proposal]\nopen_categories = [\n  "health",\n  "elder_cares",\n]\n',
         "mine.toml:4: policy.proposal.open_categories[2]: found \"elder_cares\", allowed: "),
        ('[[policy.approval.desks]]\nname = "a"\n[[policy.approval.desks]]\nname = "b"\n'
         "oficers = 2\n",
         "mine.toml:5: policy.approval.desks[2].oficers: unknown key; did you mean 'officers'?"),
        ("[[policy.approval.desks]]\nofficers = 2\n",
         "mine.toml:1: policy.approval.desks[1].name: is needed and missing"),
        ("[policy.evaluation.weights]\nactivity = 0\ndocuments = 0\nsatisfaction = 0\n",
         "mine.toml:1: policy.evaluation.weights: all weights are 0"),
        ("[assumptions]\ndrift_sd = 0.2\n",
         "mine.toml:2: assumptions.drift_sd: unknown key; did you mean "
         "'assumptions.needs.drift_sd'?"),
        ("[run]\nyears = 1979-05-27\n", "mine.toml:2: run.years: found the date or time"),
        ('extends = 3\n', "mine.toml:1: extends: found 3, allowed: the name or path"),
        ('\nextends = "x_comunity"\n', "mine.toml:2: extends: no scenario 'x_comunity'"),
        ("a.b.c = 1\n", "mine.toml:1: a: unknown key"),
        ('"" = 1\n', 'mine.toml:1: "": unknown key'),
        ("[run]\nplugins = ['no_such_module_here']\n",
         "mine.toml:2: run.plugins: cannot import 'no_such_module_here'"),
        ("[run]\nplugins = ['.relative']\n",
         "mine.toml:2: run.plugins: '.relative' is no name of a Python module"),
    ],
)
def test_each_fault_is_named_with_its_line(folder: Path, text: str, expected: str) -> None:
    found = problems(folder, text)
    assert len(found) == 1
    assert found[0].startswith(expected)


def test_all_faults_are_told_at_once_in_the_order_of_the_file(folder: Path) -> None:
    found = problems(folder, (
        "[world]\nresidents = -1\nrezidents = 3\nrenter_share = 0.8\nfloating_share = 0.9\n"
        '[policy.proposal]\nmethod = "votes"\n[policy.evaluation.weights]\nactivity = -1\n'
        "[run]\nyears = 0\n"
    ))
    assert [message.split(": ")[1] for message in found] == [
        "world.residents", "world.rezidents", "world.renter_share", "policy.proposal.method",
        "policy.evaluation.weights.activity", "run.years",
    ]


def test_a_fault_in_the_extended_file_is_told_with_that_file(folder: Path) -> None:
    (folder / "base.toml").write_text("[run]\n\nyears = 0\n", encoding="utf-8")
    assert problems(folder, 'extends = "base.toml"\n')[0].startswith("base.toml:3: run.years: ")


def test_a_value_that_is_replaced_is_no_fault(folder: Path) -> None:
    (folder / "base.toml").write_text("[run]\nyears = 0\n", encoding="utf-8")
    (folder / "mine.toml").write_text('extends = "base.toml"\n[run]\nyears = 3\n', encoding="utf-8")
    assert load_scenario("mine.toml").run.years == 3


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("[world\n", "mine.toml:1: not valid TOML: "),
        ("[world]\nresidents = \n", "mine.toml:2: not valid TOML: "),
        ("[run]\nyears = 1\nyears = 2\n", "mine.toml:3: not valid TOML: Cannot overwrite a value"),
        ("[run]\n[world]\n[run]\n", "mine.toml:3: not valid TOML: "),
        ('title = """never\n\nclosed\n', "mine.toml:3: not valid TOML: "),
        ("标题".encode("gb18030"), "mine.toml:1: is not UTF-8, but probably GBK"),
        ("# ok\ntitle = '社区'\n".encode("gbk"), "mine.toml:2: is not UTF-8, but probably GBK"),
        (b"title = '\xff\xff\xff'\n", "mine.toml:1: is not UTF-8 text"),
        ("title = 'x'".encode("utf-16"), "mine.toml: is written in UTF-16"),
        ("a = " + "[" * 5000 + "]" * 5000, "mine.toml: is nested too deeply"),
    ],
)
def test_files_that_are_no_toml(folder: Path, data: str | bytes, expected: str) -> None:
    found = problems(folder, data)
    assert len(found) == 1
    assert found[0].startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("policy.aproval.x=3",
         "--set policy.aproval.x=3: policy.aproval: unknown key; did you mean 'approval'?"),
        ("run.years=0", "--set run.years=0: run.years: found 0, allowed: a whole number, 1 to"),
        ("run.years=many", '--set run.years=many: run.years: found "many", allowed: a whole'),
        ("run.years", '--set "run.years": write it as key=value'),
        ("=3", '--set "=3": write it as key=value'),
        ("run..years=3", '--set "run..years=3": write it as key=value'),
        ("run.years=3\nrun.threads=2", "--set "),
        ("run.years=1979-05-27", "--set run.years=1979-05-27: run.years: found the date"),
        ("policy=3", "--set policy=3: policy: found 3, allowed: a table"),
    ],
)
def test_faults_of_set_name_what_was_typed(folder: Path, text: str, expected: str) -> None:
    found = problems(folder, 'extends = "toy"\n', (text,))
    assert len(found) == 1
    assert found[0].startswith(expected)


@pytest.mark.parametrize(
    "texts",
    [
        ("policy.proposal.method=votes",),
        ("policy.approval.rule=dice",),
        ("policy.evaluation.weights={activity=0,documents=0,satisfaction=0}",),
        ("world.communities=2", "world.community_residents=[12]"),
        ("world.community_residents=[7]",),
        ("world.communities=7",),
        ("world.renter_share=0.8", "world.floating_share=0.9"),
        ("world.project_cost_high_yuan=1000",),
        ("run.plugins=['no_such_module_here']",),
        ("run.plugins=['.relative']",),
    ],
)
def test_what_the_schema_itself_finds_is_told_in_chinese_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch, texts: tuple[str, ...]
) -> None:
    """Fails when a sentence of the schema changes and its Chinese does not."""
    told = {}
    for lang in ("en", "zh"):
        monkeypatch.setenv("LINKAGE_LANG", lang)
        told[lang] = problems(folder, 'extends = "toy"\n', texts)
    assert len(told["en"]) == len(told["zh"]) == 1
    message = told["zh"][0].split(": ", 2)[2]
    assert re.search("[\u4e00-\u9fff]", message)
    assert told["en"][0].split(": ", 2)[:2] == told["zh"][0].split(": ", 2)[:2]
    # What the import itself complained about stays as the system says it.
    assert not re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}", re.sub("（.*）", "", message))


def test_faults_of_several_sets_are_told_together(folder: Path) -> None:
    found = problems(folder, "", ("run.years=0", "world.residents=1", "policy.x=1"))
    assert len(found) == 3


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x_comunity", "did you mean 'x_community'?"),
        ("toy+fast_aproval", "did you mean 'fast_approval'?"),
        ("", "an empty scenario name"),
        ("+fast_approval", "an empty scenario name"),
        ("toy+", "no reform ''"),
        ("no/such/file.toml", "no scenario 'no/such/file.toml'"),
        (".", "is a folder"),
        ("x" * 5000, "no scenario 'xxx"),
        ("a\0b", "no scenario"),
    ],
)
def test_a_scenario_that_is_not_there(folder: Path, name: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        load_scenario(name)
    assert expected in str(caught.value)


def test_scenario_and_reform_that_are_both_wrong_are_told_together(folder: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_scenario("tooy+fast")
    assert len(caught.value.messages) == 2


def test_a_reform_may_not_touch_the_world(folder: Path) -> None:
    (folder / "rich.toml").write_text(
        "title = 'Rich'\n[policy.approval]\nparallel = true\n[world]\nresidents = 9\n"
        "[run]\nyears = 2\n", encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        load_scenario("toy+rich.toml")
    assert [message.split(": ")[:2] for message in caught.value.messages] == [
        ["rich.toml:4", "world"], ["rich.toml:6", "run"],
    ]


def test_a_file_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert problems_of_existing(folder) == ["mine.toml: cannot be read (Permission denied)"]


def problems_of_existing(folder: Path) -> list[str]:
    (folder / "mine.toml").touch()
    with pytest.raises(InputError) as caught:
        load_scenario("mine.toml")
    return caught.value.messages


def test_more_residents_than_memory_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "free_bytes", lambda: 5000 * BYTES_PER_RESIDENT)
    assert load_scenario("toy", ["world.residents=5000"]).world.residents == 5000
    found = problems(folder, "[world]\nresidents = 5001\n")
    assert found[0].startswith("mine.toml:2: world.residents: 5,001 residents need about")


def test_memory_that_cannot_be_told_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "free_bytes", lambda: None)
    assert load_scenario("toy", ["world.residents=50000000"]).world.residents == 50_000_000


def test_a_register_that_is_not_there(folder: Path) -> None:
    found = problems(folder, (
        "[world]\nresidents = 2\n[world.resident_register]\n"
        f'path = "people.csv"\nresidents = 2\nsha256 = "{"0" * 64}"\n'
    ))
    assert found[0].startswith("mine.toml:4: world.resident_register.path: no file people.csv")


def test_lines_are_found_in_every_way_of_writing_toml() -> None:
    text = (
        "a = 1\n[t]  # table\nb.c = 2\n'd e' = [\n  1,\n  # note\n  {f = 3},\n]\n"
        "[[s]]\nn = 1\n[s.u]\nv = 2\n[[s]]\nn = 2\n[[s.w]]\nx = 1\n[[s.w]]\nx = 2\n"
    )
    lines = key_lines(text)
    expected = {
        ("a",): 1, ("t",): 2, ("t", "b"): 3, ("t", "b", "c"): 3, ("t", "d e"): 4,
        ("t", "d e", 0): 5, ("t", "d e", 1): 7, ("t", "d e", 1, "f"): 7, ("s",): 9,
        ("s", 0, "n"): 10, ("s", 0, "u", "v"): 12, ("s", 1): 13, ("s", 1, "n"): 14,
        ("s", 1, "w", 0, "x"): 16, ("s", 1, "w", 1): 17, ("s", 1, "w", 1, "x"): 18,
    }
    assert {path: lines.get(path) for path in expected} == expected


NAMES = st.sampled_from(
    [part for item in parameters() for part in item.name.split(".")] + ["", "a b", "extends", "é"]
)
VALUES = st.recursive(
    st.one_of(
        st.integers(), st.floats(), st.booleans(),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
        st.sampled_from(["vote", "greedy", "toy", "random"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)
    ),
    max_leaves=8,
)
QUICK = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def loads_or_is_refused(folder: Path, data: bytes) -> None:
    (folder / "any.toml").write_bytes(data)
    try:
        assert isinstance(load_scenario("any.toml"), Scenario)
    except InputError as error:
        assert error.messages
        assert all(message.strip() for message in error.messages)


@QUICK
@given(content=st.dictionaries(NAMES, VALUES, max_size=4))
def test_any_tables_load_or_are_refused_in_words(folder: Path, content: dict[str, object]) -> None:
    loads_or_is_refused(folder, to_toml(content).encode("utf-8"))


@QUICK
@given(
    item=st.sampled_from(parameters()),
    value=VALUES,
)
def test_any_value_of_any_parameter_loads_or_is_refused(
    folder: Path, item: object, value: object
) -> None:
    content: object = value
    for part in reversed(item.name.split(".")):  # type: ignore[attr-defined]
        content = {part: content}
    loads_or_is_refused(folder, to_toml(content).encode("utf-8"))  # type: ignore[arg-type]


@QUICK
@given(text=st.text(st.sampled_from("[]{}\"'=.,#\n \\azu0195-_é养"), max_size=60))
def test_any_text_loads_or_is_refused(folder: Path, text: str) -> None:
    loads_or_is_refused(folder, text.encode("utf-8"))


@QUICK
@given(data=st.binary(max_size=60))
def test_any_bytes_load_or_are_refused(folder: Path, data: bytes) -> None:
    loads_or_is_refused(folder, data)


@QUICK
@given(text=st.text(max_size=40), key=NAMES)
def test_any_set_loads_or_is_refused(folder: Path, text: str, key: str) -> None:
    for override in (text, f"{key}={text}", f"run.{key}={text}"):
        try:
            load_scenario("toy", [override])
        except InputError as error:
            assert error.messages
