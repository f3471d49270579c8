"""Files that cannot be used are refused whole, with file, line and remedy."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linkage_sim.errors import InputError
from linkage_sim.inputs.event_log import read_event_log
from linkage_sim.inputs.pabulib import read_election
from linkage_sim.inputs.register import read_register

LOG = """case_id,activity,timestamp,role,amount
1,Submitted,2026-03-02 09:00,Applicant,100
1,Approved,2026-03-04 09:00,Street office,100
"""
ELECTION = """META
key;value
budget;100
num_projects;2
num_votes;2
PROJECTS
project_id;cost;name;category;selected
1;60;Library;education;1
2;50;Trees;urban greenery;0
VOTES
voter_id;vote;age;sex
7;1,2;34;F
8;1;;M
"""
REGISTER = """id,age,household,building,needs
1,67,1,A,elder_care|health
2,8,1,A,
"""
Reader = Callable[..., Any]
READERS = [
    pytest.param(read_event_log, LOG, id="event log"),
    pytest.param(read_election, ELECTION, id="pabulib"),
    pytest.param(read_register, REGISTER, id="register"),
]


def refused(reader: Reader, path: Path, **options: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        reader(path, **options)
    assert caught.value.__context__ is None, "a chained error could show what a cell holds"
    assert all(message.startswith((str(path), "and ")) for message in caught.value.messages)
    return caught.value


@pytest.mark.parametrize(("reader", "text"), READERS)
def test_plain_gzip_bom_and_windows_lines_give_the_same(
    reader: Reader, text: str, tmp_path: Path
) -> None:
    variants = {
        "plain.csv": text.encode(),
        "bom.csv": b"\xef\xbb\xbf" + text.encode(),
        "windows.csv": text.replace("\n", "\r\n").encode(),
        "old_mac.csv": text.replace("\n", "\r").encode(),
        "packed.csv.gz": gzip.compress(text.encode()),
        "no_last_line_end.csv": text.rstrip("\n").encode(),
    }
    seen = []
    for name, data in variants.items():
        (tmp_path / name).write_bytes(data)
        result = reader(tmp_path / name)
        seen.append([getattr(result, part, None) for part in ("n_cases", "n_events", "meta",
                                                              "projects", "voters", "n_residents")])
    assert all(one == seen[0] for one in seen)


@pytest.mark.parametrize(("reader", "text"), READERS)
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\n \n\n", "is empty"),
        (b"PK\x03\x04workbook", "workbook or zip"),
        ("a;b".encode("utf-16"), "UTF-16"),
        (b"\x1f\x8b\x08\x00broken", "gzip file is"),
    ],
)
def test_what_is_no_table_is_named(
    reader: Reader, text: str, data: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(data)
    assert words in str(refused(reader, path))


@pytest.mark.parametrize(("reader", "text"), READERS)
def test_missing_file_and_folder(reader: Reader, text: str, tmp_path: Path) -> None:
    assert "no such file" in str(refused(reader, tmp_path / "absent.csv"))
    assert "is a folder" in str(refused(reader, tmp_path))


@pytest.mark.parametrize(("reader", "text"), READERS)
def test_a_gzip_file_cut_anywhere_is_refused(reader: Reader, text: str, tmp_path: Path) -> None:
    path = tmp_path / "cut.csv.gz"
    packed = gzip.compress(text.encode(), mtime=0)
    for length in range(len(packed)):
        path.write_bytes(packed[:length])
        refused(reader, path)


@pytest.mark.parametrize(("reader", "text"), READERS)
def test_damage_inside_a_gzip_file_is_found(reader: Reader, text: str, tmp_path: Path) -> None:
    path = tmp_path / "damaged.csv.gz"
    packed = bytearray(gzip.compress(text.encode(), mtime=0))
    packed[-6] ^= 0xFF
    path.write_bytes(packed)
    assert "damaged" in str(refused(reader, path))


@pytest.mark.parametrize(("reader", "text"), READERS)
def test_wrong_encoding_names_the_line_and_what_would_fit(
    reader: Reader, text: str, tmp_path: Path
) -> None:
    path = tmp_path / "gbk.csv"
    second = text.index("\n") + 1
    path.write_bytes((text[:second] + "编号" + text[second:]).encode("gbk"))
    message = str(refused(reader, path))
    assert message.startswith(f"{path}:2: ")
    assert "save it as UTF-8" in message
    assert "gb18030" in message


@pytest.mark.parametrize(("reader", "text"), READERS)
@pytest.mark.parametrize("encoding", ["klingon", "base64", "", "\0"])
def test_unknown_encoding(reader: Reader, text: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    assert "is not known; use utf-8" in str(refused(reader, path, encoding=encoding))


@pytest.mark.parametrize(("reader", "text"), READERS)
def test_zero_byte_and_open_quote_name_their_line(
    reader: Reader, text: str, tmp_path: Path
) -> None:
    path = tmp_path / "file.csv"
    head, _, rest = text.partition("\n")
    path.write_text(f"{head}\n\0{rest}", encoding="utf-8")
    assert str(refused(reader, path)).startswith(f"{path}:2: holds a zero byte")
    lines = text.splitlines()
    path.write_text("\n".join([*lines, '"open', "more", "and more"]), encoding="utf-8")
    message = str(refused(reader, path))
    assert f"{path}:{len(lines) + 1}: a quote" in message


@pytest.mark.parametrize(("reader", "text"), READERS)
def test_a_line_with_too_few_cells_is_named(reader: Reader, text: str, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(text + "9\n", encoding="utf-8")
    line = text.count("\n") + 1
    assert f"{path}:{line}: 1 cell where the header has" in str(refused(reader, path))


def test_twenty_problems_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("id,age,household,building\n" + "".join(
        f"{n},121,1,1\n" for n in range(27)), encoding="utf-8")
    messages = refused(read_register, path).messages
    assert [message.split(":")[1] for message in messages[:20]] == [str(n) for n in range(2, 22)]
    assert messages[20:] == [f"and 7 more in {path}"]


def test_exactly_twenty_problems_need_no_count(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("id,age,household,building\n" + "".join(
        f"{n},-1,1,1\n" for n in range(20)), encoding="utf-8")
    assert len(refused(read_register, path).messages) == 20


def test_readers_load_neither_pandas_nor_numba_nor_mesa() -> None:
    code = ("import sys; from linkage_sim.inputs import read_event_log, read_election, "
            "read_register, to_toml; "
            "print(sorted({'pandas', 'numba', 'mesa', 'matplotlib'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "[]"
