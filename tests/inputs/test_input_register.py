"""A register becomes columns of numbers; its rows appear nowhere."""

from __future__ import annotations

import hashlib
import pickle
import traceback
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage_sim.errors import InputError
from linkage_sim.inputs.register import read_register, register_fragment
from linkage_sim.scenario.fields import CATEGORIES
from linkage_sim.scenario.world import World


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "people.csv"
    path.write_text(text, encoding=encoding)
    return path


def problems_of(path: Path, **options: object) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_register(path, **options)  # type: ignore[arg-type]
    return [message.removeprefix(f"{path}:") for message in caught.value.messages]


def test_small_register_by_hand(tmp_path: Path) -> None:
    path = write(tmp_path, "id,age,household,building,needs,sex\n"
                           "a,67,101,B,elder_care|health,F\n"
                           "b,0,101,B,,M\n"
                           "c,120,101,A,mediation,F\n"
                           "d,35.0,102,B, Culture ; environment ,M\n")
    register = read_register(path)
    assert register.ages.tolist() == [67, 0, 120, 35]
    assert register.building.tolist() == [0, 0, 1, 0]
    # Number 101 of building A is another household than number 101 of building B.
    assert register.household.tolist() == [0, 0, 1, 2]
    # Bits in the fixed order: elder care 1, health 4, culture 32, environment 64, mediation 128.
    assert register.needs is not None
    assert register.needs.tolist() == [1 + 4, 0, 128, 32 + 64]
    kinds = [column.dtype for column in (register.ages, register.household, register.building,
                                         register.needs)]
    assert kinds == [np.int16, np.int32, np.int32, np.uint8]
    assert register.n_residents == 4
    assert register.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_without_any_word_of_needs_they_are_unknown_not_absent(tmp_path: Path) -> None:
    assert read_register(write(tmp_path, "id,age,household,building\n1,2,3,4\n")).needs is None


def test_chinese_file_saved_as_gbk(tmp_path: Path) -> None:
    text = "编号,年龄,户号,楼栋,需求\n甲,71,1,一号楼,养老服务、健康\n乙,40,1,一号楼,无\n"
    path = write(tmp_path, text, "gbk")
    assert "name its encoding: --encoding gb18030 fits" in problems_of(path)[0]
    register = read_register(path, encoding="gb18030")
    assert register.needs is not None
    assert register.needs.tolist() == [1 + 4, 0]
    again = read_register(write(tmp_path, text, "utf-8-sig"))
    assert again.ages.tolist() == register.ages.tolist() == [71, 40]


def test_one_column_for_each_category(tmp_path: Path) -> None:
    names = ",".join(CATEGORIES)
    path = write(tmp_path, f"id,age,household,building,{names}\n"
                           "1,20,1,1,1,0,0,0,0,0,0,1\n2,20,1,1,0,yes,,是,否,TRUE,0,0\n")
    needs = read_register(path).needs
    assert needs is not None
    assert needs.tolist() == [1 + 128, 2 + 8 + 32]


def test_every_category_has_its_bit_in_every_language(tmp_path: Path) -> None:
    words = [*CATEGORIES, "养老服务", "儿童与家庭", "健康与心理", "困难与残障救助", "就业与技能",
             "文化娱乐", "环境与安全", "调解与法律援助"]
    path = write(tmp_path, "id,age,household,building,needs\n" + "".join(
        f"{n},1,1,1,{word}\n" for n, word in enumerate(words)))
    needs = read_register(path).needs
    assert needs is not None
    assert needs.tolist() == [1 << k for k in range(8)] * 2


def test_columns_named_by_hand(tmp_path: Path) -> None:
    path = write(tmp_path, "nr;years;flat;block\n1;30;2;3\n")
    given_names = {"id": "nr", "age": "Years", "household": "flat", "building": "block"}
    assert read_register(path, columns=given_names).ages.tolist() == [30]
    assert any("did you mean 'building'?" in text
               for text in problems_of(path, columns={**given_names, "bilding": "block"}))
    assert any("no column named 'years old'" in text
               for text in problems_of(path, columns={**given_names, "age": "years old"}))
    assert any("one column is used for age and household" in text
               for text in problems_of(path, columns={**given_names, "age": "flat"}))


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "id,age,household,building,needs\n"
                           "1,30,1,1,health\n"
                           "2,-1,1,1,\n"
                           "3,121,1,1,\n"
                           "1,30,1,1,\n"
                           "5,nan,1,1,\n"
                           "6,3.5,,1,\n"
                           "7,30,1,1,money\n"
                           ",inf,1,,\n")
    told = [text.split(";")[0] for text in problems_of(path)]
    assert told == [
        "3: column 'age' is not a whole number from 0 to 120",
        "4: column 'age' is not a whole number from 0 to 120",
        "5: column 'id' repeats the id of line 2",
        "6: column 'age' is not a whole number from 0 to 120",
        "7: column 'household' is empty",
        "7: column 'age' is not a whole number from 0 to 120",
        "8: column 'needs' holds a word that is not a category",
        "9: column 'id' is empty",
        "9: column 'building' is empty",
        "9: column 'age' is not a whole number from 0 to 120",
    ]


@pytest.mark.parametrize(("text", "told"), [
    ("id,age,household\n1,2,3\n", "1: no column for 'building'"),
    ("id,age,age,household,building\n1,2,2,3,4\n", "1: two columns have the header used for 'age'"),
    ("id,age,household,building,needs,health\n1,2,3,4,,0\n", "1: there is a column 'needs' and"),
    ("id,age,household,building,health\n1,2,3,4,often\n", "2: column 'health' must be 0 or 1"),
    ("id,age,household,building\n", "2: no residents below the header"),
    ("id,age,household,building\n,,,\n", "2: no residents below the header"),
    (",,,\n,,,\n", " holds nothing but separators"),
])
def test_faulty_tables(text: str, told: str, tmp_path: Path) -> None:
    assert problems_of(write(tmp_path, text))[0].startswith(told)


SECRET = "王秘密七号"
ROW = ["1", "30", "1", "1", "health"]


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("cell", [SECRET, f'"{SECRET}', f'{SECRET}",{SECRET}', f"{SECRET},x",
                                  f"{SECRET}\0", f'x"{SECRET}"'])
def test_no_message_shows_what_a_cell_holds(place: int, cell: str, tmp_path: Path) -> None:
    row = [*ROW[:place], cell, *ROW[place + 1:]]
    text = "id,age,household,building,needs\n" + ",".join(row) + "\n" + ",".join(row) + "\n"
    for encoding in ("utf-8", "gbk"):
        path = write(tmp_path, text, encoding)
        with pytest.raises(InputError) as caught:
            read_register(path)
        assert SECRET not in "".join(traceback.format_exception(caught.value))
        assert SECRET not in repr(caught.value.messages)


def test_a_file_without_header_does_not_show_its_first_person(tmp_path: Path) -> None:
    path = write(tmp_path, f"{SECRET},30,1,1\n{SECRET}2,31,1,1\n")
    told = problems_of(path)
    assert "the first line must name the columns" in told[0]
    assert SECRET not in "".join(told)


def test_neither_print_nor_fragment_nor_pickle_holds_a_name(tmp_path: Path) -> None:
    path = write(tmp_path, f"id,age,household,building,name\n{SECRET},30,{SECRET},{SECRET},"
                           f"{SECRET}\n")
    register = read_register(path)
    shown = f"{register!r}{register}{register_fragment(path, register)}"
    assert SECRET not in shown
    assert f"residents=1, sha256='{register.sha256}'" in shown
    assert "30" not in repr(register).replace(register.sha256, "")
    assert SECRET.encode() not in pickle.dumps(register)


def test_fragment_fits_the_schema(tmp_path: Path) -> None:
    path = write(tmp_path, "id,age,household,building\n1,2,3,4\n2,2,3,4\n")
    world = World(**register_fragment(path, read_register(path))["world"])
    assert world.resident_register is not None
    assert world.residents == world.resident_register.residents == 2
    assert world.resident_register.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_fragment_keeps_what_is_needed_to_read_the_file_again(tmp_path: Path) -> None:
    path = write(tmp_path, "编号,岁数,户号,楼栋\n1,2,3,4\n", "gbk")
    options: dict[str, Any] = {"columns": {"age": "岁数"}, "encoding": "gb18030"}
    register = read_register(path, **options)
    section = register_fragment(path, register, **options)["world"]["resident_register"]
    again = read_register(section["path"], section["columns"], section["encoding"])
    assert again.sha256 == section["sha256"]


PEOPLE = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 5), st.integers(0, 3),
                            st.integers(0, 255)), min_size=1, max_size=30)


@settings(max_examples=60)
@given(people=PEOPLE)
def test_what_is_written_is_read(
    people: list[tuple[int, int, int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = [f"p{n},{age},{household},{building},"
            + "|".join(name for k, name in enumerate(CATEGORIES) if mask >> k & 1)
            for n, (age, household, building, mask) in enumerate(people)]
    path = tmp_path_factory.mktemp("people") / "people.csv"
    path.write_text("\n".join(["id,age,household,building,needs", *rows]), encoding="utf-8")
    register = read_register(path)
    assert register.ages.tolist() == [person[0] for person in people]
    assert register.needs is not None
    assert register.needs.tolist() == [person[3] for person in people]
    for column, key in ((register.household, lambda one: one[1:3]),
                        (register.building, lambda one: one[2])):
        same_code = column[:, None] == column[None, :]
        same_key = [[key(one) == key(other) for other in people] for one in people]
        assert same_code.tolist() == same_key
        assert set(column.tolist()) == set(range(int(column.max()) + 1))
