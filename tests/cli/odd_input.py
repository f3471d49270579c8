"""Bad input by the thousand: bytes, tables, extreme numbers, damaged copies, strange commands."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st

from linkage_sim.inputs.fragment import to_toml
from linkage_sim.outcomes import NAMES
from linkage_sim.scenario.schema import parameters

CONFIGS = Path(__file__).parents[2] / "configs"
VALID_SCENARIOS = [path.read_bytes() for path in sorted(CONFIGS.glob("*.toml"))]
VALID_REFORMS = [path.read_bytes() for path in sorted((CONFIGS / "reforms").glob("*.toml"))]
VALID_STUDIES = [
    b'title = "Latency"\nscenario = ["toy", "toy+fast_approval"]\ndesign = "grid"\n'
    b'replications = 3\nseed = 7\n[parameters]\n'
    b'"policy.approval.fixed_latency_days" = [5, 20, 60]\n"policy.approval.parallel" = [true]\n',
    b'scenario = "toy"\ndesign = "latin_hypercube"\nsamples = 8\nreplications = 2\n'
    b'outcomes = ["demand_match", "need_coverage"]\nrecording = ["years"]\n[parameters]\n'
    b'"assumptions.needs.drift_sd" = {low = 0.1, high = 0.6}\n[set]\nrun.years = 2\n'
    b'[parameters.world]\nbudget_yuan_per_year = {low = 1e4, high = 1e6, scale = "log"}\n',
    b'scenario = "toy"\ndesign = "product"\nsampler = "sobol"\nsamples = 4\nreplications = 1\n'
    b'[parameters]\npolicy.proposal.method = ["survey", "vote"]\n'
    b'assumptions.needs.drift_sd = {low = 0.1, high = 0.6}\n',
    b'scenario = "toy"\ndesign = "list"\nreplications = 1\n[parameters]\n'
    b'"policy.evaluation.weights" = [{activity = 1, outcome = 0}, {activity = 0, outcome = 1}]\n'
    b'"run.years" = [1, 2]\n[set]\n"run.warmup_years" = 0\n',
]
SMALL_STUDIES = [
    b'scenario = "toy"\ndesign = "grid"\nreplications = 1\n[set]\n"run.years" = 1\n[parameters]\n'
    b'"policy.approval.fixed_latency_days" = [5, 20]\n',
    b'scenario = ["toy"]\ndesign = "sobol"\nsamples = 3\nreplications = 1\n[parameters]\n'
    b'"assumptions.needs.drift_sd" = {low = 0.1, high = 0.6}\n',
]
NUMBERS = [
    "nan", "inf", "-inf", "1e308", "-1e308", "5e-324", "1e400", "-1", "0", "-0.0", "1", "2", "0.5",
    "100", str(2**31), str(2**63), str(2**70), "1" + "0" * 400, "0x7fffffff", "1_000", "1e3",
]
ODD = [
    *NUMBERS, "true", "false", '""', '"x"', '"nan"', '"toy"', '"\\u0000"', '"养老\\u200b"', "[]",
    "{}", "[[]]", "[{}]", "[1, 'x']", "2020-01-01", "07:32:00", "{a = {b = {c = 1}}}",
    '"' + "x" * 300 + '"', "[" + "1, " * 400 + "1]", "[" * 60 + "]" * 60,
    "'''\na\n'''",
]
ODD_KEYS = ["", "a b", "é\u200b", "养老", "\u202e", "\x00", "extends", "x" * 300, "a.b", "[",
            "__class__", "world", "policy", "run", "\n"]
# A module that a test makes up might be there, and do anything when it is imported.
BY_NAME = {item.name: item for item in parameters() if item.name != "run.plugins"}
PARTS = sorted({part for name in BY_NAME for part in name.split(".")})
odd = st.sampled_from(ODD)


def _quoted(text: str) -> str:
    """Write text as TOML does."""
    return json.dumps(text, ensure_ascii=False)


@cache
def usual(name: str, margin: int = 1) -> list[str]:
    """List values that suit a parameter, and some so far outside its range, as TOML writes them."""
    item = BY_NAME[name]
    known: list[Any] = [item.default, *item.choices, *(["vote"] if margin else [])]
    if item.low is not None and item.high is not None and not isinstance(item.default, bool | str):
        whole = isinstance(item.default, int)
        low, high = item.low, item.high
        ends = [low - margin, low, low + (high - low) / 8, (low + high) / 2, high, high + margin]
        known += [int(value) if whole else float(value) for value in ends]
    # A default may be a table of its own, which has its names elsewhere.
    plain = [value for value in known if isinstance(value, bool | int | float | str)]
    return [to_toml({"x": value}).partition("=")[2].strip() for value in plain] or ["{}"]


@st.composite
def one_parameter(draw: st.DrawFn) -> bytes:
    """A scenario that sets one to three parameters, each to something."""
    lines = {}
    for name in draw(st.lists(st.sampled_from(list(BY_NAME)), min_size=1, max_size=3)):
        fitting = st.sampled_from(usual(name))
        lines[name] = draw(st.one_of(fitting, fitting, odd))
    return "\n".join(f"{name} = {value}" for name, value in lines.items()).encode()


keys = st.one_of(
    st.sampled_from(PARTS), st.sampled_from(ODD_KEYS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
values = st.recursive(
    st.one_of(
        st.integers(-(2**80), 2**80), st.floats(), st.booleans(),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
        st.sampled_from(["vote", "greedy", "toy", "random", 10**400]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)
    ),
    max_leaves=8,
)
tables = st.dictionaries(keys, values, max_size=4).map(lambda table: to_toml(table).encode())
toml_text = st.text(st.sampled_from("[]{}\"'=.,#\n \\azu0195-_é养“，"), max_size=80).map(str.encode)


# -- copies of valid files after an accident; plain chance spreads wider than hypothesis would ----


def spoiled(chance: Random, originals: list[bytes], slips_alone: bool = False) -> bytes:
    """Give a copy of one of these files after one accident, or up to three."""
    data = chance.choice(originals)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        data = chance.choice(SLIPS if slips_alone else ACCIDENTS)(chance, data)
    return data


def _flipped(chance: Random, data: bytes) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]


def _cut(chance: Random, data: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.randint(1, 30) :]


def _inserted(chance: Random, data: bytes) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + chance.choice(PIECES) + data[place:]


def _other_lines(chance: Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
    kind = chance.choice(["delete", "double", "swap"])
    if kind == "delete":
        del lines[first]
    elif kind == "double":
        lines.insert(second, lines[first])
    else:
        lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


def _other_value(chance: Random, data: bytes) -> bytes:
    """Put another value behind an equals sign: an odd one, or that of another line."""
    lines = data.split(b"\n")
    told = [number for number, line in enumerate(lines) if b"=" in line]
    if told:
        here, there = chance.choice(told), chance.choice(told)
        swapped = lines[there].partition(b"=")[2]
        value = chance.choice([chance.choice(ODD).encode(), swapped])
        lines[here] = lines[here].partition(b"=")[0] + b"= " + value
    return b"\n".join(lines)


def _other_digit(chance: Random, data: bytes) -> bytes:
    """Type another digit, as a finger does that slips."""
    places = [place for place, sign in enumerate(data) if chr(sign).isdigit()]
    if not places:
        return data
    place = chance.choice(places)
    return data[:place] + str(chance.randrange(10)).encode() + data[place + 1 :]


PIECES = [b"\0", b"\xef\xbb\xbf", b"\r", b"]", b"[x]\n", b"#", b'"""', "，".encode(), b"\n\n",
          b"\xff", b".", b"-", b"e9", *(text.encode() for text in NUMBERS)]
SLIPS = (_other_lines, _other_value, _other_digit, _other_digit, _other_digit, _other_digit)
ACCIDENTS = (_flipped, _cut, _inserted, _other_lines, _other_lines, _other_value, _other_value,
             _other_digit, _other_digit)
RIGHT = {
    "scenario": ['"toy"', '["toy", "toy+fast_approval"]', '"x_community"'],
    "design": ['"grid"', '"product"', '"latin_hypercube"', '"sobol"', '"list"'],
    "samples": ["1", "7", "16"], "replications": ["1", "3", "50"], "seed": ["0", "5"],
    "sampler": ['"sobol"', '"latin_hypercube"'], "outcomes": [f'["{name}"]' for name in NAMES[:4]],
    "recording": ['["years"]', "[]", '["weeks", "journal"]'], "title": ['"T"', '"标题"'],
}


def study_text(chance: Random) -> bytes:
    """Write a study file, each line of it right more often than not."""
    lines = []
    design = chance.choice(RIGHT["design"])
    for name, right in RIGHT.items():
        needed = name in ("scenario", "design") or (name == "samples" and design[1] in "ps")
        if chance.random() < (0.97 if needed else 0.3):
            value = chance.choice(right if chance.random() < 0.95 else ODD)
            lines.append(f"{name} = {design if name == 'design' else value}")
    if chance.random() < 0.05:
        lines.append(f"{_quoted(chance.choice(ODD_KEYS))} = {chance.choice(ODD)}")
    names = chance.sample(list(BY_NAME), chance.randint(1, 3))
    lines.append("[parameters]")
    lines += [f"{_key(chance, name)} = {_varied(chance, name, design)}" for name in names]
    if chance.random() < 0.3:
        name = chance.choice(list(BY_NAME))
        lines += ["[set]", f"{_key(chance, name)} = {chance.choice(usual(name, 0))}"]
    return "\n".join(lines).encode()


def _key(chance: Random, name: str) -> str:
    return chance.choice([name, _quoted(name), _quoted(name)])


def _varied(chance: Random, name: str, design: str) -> str:
    known = usual(name, 1 if chance.random() < 0.15 else 0)
    low, high, listed = chance.choice(known), chance.choice(known), design[1] in "gl"
    if chance.random() < 0.05:
        return chance.choice([low, chance.choice(ODD)])
    if chance.random() < (0.95 if listed else 0.2):
        return chance.choice([f"[{low}, {high}]", f"[{low}]"])
    if known[0][0].isdigit() and chance.random() < 0.9:
        low, high = known[-4:-2]
    scale = chance.choice(["", "", "", ', scale = "log"', ', scale = "cubic"'])
    return f"{{low = {low}, high = {high}{scale}}}"


@st.composite
def huge(draw: st.DrawFn) -> bytes:
    """Nesting without end, lists of thousands, keys as long as books."""
    size = draw(st.sampled_from([40, 60, 150, 400, 3_000, 20_000]))
    key = draw(st.sampled_from(["x", "title", "world.residents", "world.community_residents",
                                "parameters.a", "scenario", "set.b", "outcomes"]))
    name = ".".join(["a"] * size)
    return draw(st.sampled_from([
        f"{key} = " + "[" * size + "]" * size, f"{key} = " + "{a = " * size + "1" + "}" * size,
        f"{key}.{name} = 1", f"[{name}]", f"[[{name}]]", f"{key} = [" + "1, " * size + "]",
        f"{key} = [" + '"toy", ' * size + "]", f'{key} = "' + "x" * size + '"', "x" * size,
        "\n".join(f"k{number} = 1" for number in range(size)), f"{key} = " + "9" * size,
        "[[policy.approval.desks]]\nname = 1\n" * size, f'{key} = """' + "\n[{" * size,
        f"{key} = " + "“" * size, "[parameters]\n" + "\n".join(f"p{n} = [1]" for n in range(size)),
        f'{key} = {{low = 1, high = {"9" * size}}}', "=" * size, "\n" * size, "# x\n" * size,
    ])).encode()


# -- commands ---------------------------------------------------------------------------------

PLACES = [
    "toy", "x_community", "toy+fast_approval", "toy+", "+", "nope", "", "any.toml", "study.toml",
    ".", "-", "é养", "a" * 300, "/dev/null", "/dev/zero", "/proc/x/y", "swept", "ran", "\udcff",
    "toy+full_reform+public_opinion", "xian", "new/deep", "study.toml/x", "t" * 90 + "oy",
]
VALUE = ["1", "2", "30", "0", "-1", "nan", "inf", "1e308", str(2**63 - 1), str(2**63), str(2**70),
         "1" + "0" * 400, "0.5", "", "x", "true", "养", "\udcff", "9" * 5000, "٣"]
SETTINGS = [
    "run.years=1", "run.years=0", "run.years", "=", "=1", "", "a.b.c=1", "run.plugins=[1]", "run=1",
    "world.residents=1e9", "world.residents=50000000", "title=[", "run.years=\udcff", "é=1",
    "policy.approval.fixed_latency_days=false", "policy.approval.fixed_latency_days=nan",
    "policy.proposal.method=vote", "policy.proposal.method=voote", "run.years=1\nx=2", "--set",
    ".".join(["a"] * 2000) + "=1", "x=" + "[" * 300 + "]" * 300, "policy.evaluation.weights={}",
    "world.communities=999", "assumptions.needs.drift_sd=0.4", "extends=xian",
]
WITH_VALUE = {
    "run": ("--seed", "--set", "--out"), "validate": ("--set",), "status": ("--lang",),
    "compare": ("--seed", "--set", "--out", "--jobs", "--replications", "--baseline"),
    "sweep": ("--seed", "--set", "--out", "--jobs", "--replications", "--errors", "--run-timeout",
              "--executor", "--scheduler"),
    "results": ("--where", "--group-by", "--outcome", "--table", "--out", "--figure"),
}
ALONE = {
    "run": ("--replace", "--trace", "--check", "--checkpoint", "--json", "--quiet"),
    "validate": ("--json", "--quiet"), "status": ("--json",),
    "compare": ("--replace", "--trace", "--all", "--json", "--quiet"),
    "sweep": ("--retry-failed", "--json", "--quiet"), "results": ("--all", "--json", "--quiet"),
}
QUESTIONS = ["seed<=3", "seed<=nan", "scenario=toy", "fixed_latency_days>5", "seed", "seed<", "",
             "demand_match", "need_coverage", "seed", "scenario", "outcomes", "years", "failures",
             "fixed_latency_days", "demand_mach", "main-effects", "heat-map"]


def setting_text(chance: Random) -> str:
    """Write what might stand behind --set."""
    name = chance.choice(list(BY_NAME))
    value = chance.choice([chance.choice(ODD), chance.choice(usual(name))])
    return chance.choice([chance.choice(SETTINGS), f"{name}={value}", f"{name}={value}"])


def command_words(chance: Random) -> list[str]:
    """A command as nobody should type it; what could take long is only planned (--dry-run)."""
    verb = chance.choice(list(WITH_VALUE))
    if verb in ("status", "results"):
        words = [chance.choice(["swept", "ran", chance.choice(PLACES)])]
    elif verb == "sweep":
        words = [chance.choice(["study.toml", "study.toml", chance.choice(PLACES)])]
    else:
        count = {"run": 1, "validate": chance.randint(1, 3), "compare": chance.randint(1, 3)}[verb]
        words = [chance.choice([*PLACES[:3], chance.choice(PLACES)]) for _ in range(count)]
    for _ in range(chance.randint(0, 2)):
        name = chance.choice(WITH_VALUE[verb])
        asked = QUESTIONS if verb == "results" else VALUE[:3]
        if name in ("--set", "--out", "--baseline"):
            asked = [setting_text(chance)] if name == "--set" else PLACES
        words += [name, chance.choice(asked if chance.random() < 0.7 else VALUE)]
    words += [chance.choice(ALONE[verb]) for _ in range(chance.randint(0, 2))]
    if chance.random() < 0.1:
        words += chance.choice([["--nope"], ["--lang", "x"], ["-x"], ["--"], ["--set"], ["--help"]])
    return [verb, *(["--dry-run"] if verb in ("run", "compare", "sweep") else []), *words]

