"""Reads a table that a person saved from a spreadsheet or a database, with its line numbers.

Plain or gzip, UTF-8 with or without byte-order mark (another encoding when named), separated by
comma, semicolon or tab. Whatever cannot be read whole is refused.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from linkage_sim.inputs.problems import Problems, quoted
from linkage_sim.words import say

LARGEST_BYTES = 2**30
_CHUNK = 2**20
_KNOWN_HEADS = {
    b"PK\x03\x04": "input.workbook",
    b"\xd0\xcf\x11\xe0": "input.old_workbook",
    codecs.BOM_UTF16_LE: "input.utf16",
    codecs.BOM_UTF16_BE: "input.utf16",
}


@dataclass(frozen=True)
class Row:
    """One record of a table and the line of the file it starts on."""

    line: int
    cells: list[str]


def read_file(path: str | Path, problems: Problems) -> bytes:
    """Read a file as it lies on the disk.

    Raises
    ------
    InputError
        When it is missing, a folder, unreadable, empty or larger than one gigabyte.
    """
    try:
        large = Path(path).stat().st_size > LARGEST_BYTES
        data = None if large else _read_whole(Path(path))
    except FileNotFoundError:
        reason = say("input.no_file")
    except IsADirectoryError:
        reason = say("input.folder")
    except PermissionError:
        reason = say("input.forbidden")
    except (OSError, ValueError) as error:
        reason = say("input.unreadable", reason=type(error).__name__)
    else:
        if data is None:
            raise problems.refuse(None, say("input.too_large"))
        if not data:
            raise problems.refuse(None, say("input.empty"))
        return data
    raise problems.refuse(None, reason)


def _read_whole(path: Path) -> bytes | None:
    """Read a file; None for one that goes on beyond what is allowed, as a device does."""
    parts: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            parts.append(part)
            size += len(part)
            if size > LARGEST_BYTES:
                return None
    return b"".join(parts)


def unpacked(data: bytes, problems: Problems) -> bytes:
    """Unpack gzip when the bytes are gzip, else give them back.

    Raises
    ------
    InputError
        When the archive is cut off, damaged, or holds more than one gigabyte.
    """
    if not data.startswith(b"\x1f\x8b"):
        if problems.path.lower().endswith(".gz"):
            raise problems.refuse(None, say("input.not_gzip"))
        return data
    parts: list[bytes] = []
    size = 0
    trouble = ""
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as archive:
        try:
            while part := archive.read(_CHUNK):
                parts.append(part)
                size += len(part)
                if size > LARGEST_BYTES:
                    trouble = say("input.unpacks_large")
                    break
        except EOFError:
            trouble = say("input.gzip_cut")
        except (OSError, zlib.error):
            trouble = say("input.gzip_damaged")
    if trouble:
        raise problems.refuse(sum(part.count(b"\n") for part in parts) + 1, trouble)
    return b"".join(parts)


def decoded(data: bytes, problems: Problems, encoding: str = "utf-8") -> str:
    """Turn bytes into text, strictly.

    Parameters
    ----------
    encoding
        Any text encoding Python knows ("gb18030" covers GBK); a byte-order mark is accepted.

    Raises
    ------
    InputError
        With the line of the first byte that is not text in this encoding.
    """
    try:
        codec = codecs.lookup(encoding)
        bytes(4).decode(encoding, "replace")
    except (LookupError, ValueError):
        codec = None
    if codec is None:
        raise problems.refuse(None, say("input.encoding", found=quoted(encoding)))
    for head, key in _KNOWN_HEADS.items():
        if data.startswith(head) and not codec.name.startswith("utf-16"):
            raise problems.refuse(None, say(key))
    bad_byte: int | None = None
    text = ""
    try:
        text = data.decode("utf-8-sig" if codec.name == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        bad_byte = error.start
    except UnicodeError:
        bad_byte = 0
    if bad_byte is not None:
        told = say("input.not_text", codec=codec.name, advice=_advice(data, problems.typed))
        raise problems.refuse(line_of(data, bad_byte), told)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise problems.refuse(line, say("input.zero_byte"))
    if not text.strip("\ufeff \t\r\n"):
        raise problems.refuse(None, say("input.empty"))
    return text.removeprefix("\ufeff")


def _advice(data: bytes, typed: bool) -> str:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return say("input.save_utf8")
    return say("input.gb18030_fits" if typed else "input.gb18030_save")


def line_of(data: bytes, position: int) -> int:
    """Number the line that holds a byte, counting from 1, for Unix, Windows and old Mac files."""
    before = data[:position]
    return max(before.count(b"\n"), before.count(b"\r")) + 1


def records(text: str, delimiter: str, problems: Problems) -> Iterator[Row]:
    """Split text into records, quotes honoured, blank lines left out.

    Raises
    ------
    InputError
        When a quote is opened and never closed, or closed in the middle of a cell.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        start = reader.line_num + 1
        trouble = ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            trouble = str(error)
        if trouble:
            raise problems.refuse(start, _quote_advice(trouble))
        if any(cell.strip() for cell in cells):
            yield Row(start, cells)


def _quote_advice(trouble: str) -> str:
    if "field larger" in trouble:
        return say("input.long_cell")
    if "unexpected end" in trouble:
        return say("input.open_quote")
    return say("input.inner_quote")


def guessed_delimiter(text: str) -> str:
    """Tell by its first line what separates the cells of a table: comma, semicolon or tab."""
    head = re.sub(r'"[^"]*"', "", re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0])
    return max(",;\t", key=head.count)


@dataclass(frozen=True)
class Column:
    """A column that is looked for: its name here and the usual names elsewhere, best first."""

    name: str
    aliases: tuple[str, ...]
    required: bool = True


def find_columns(
    header: Row,
    wanted: Sequence[Column],
    given: Mapping[str, str] | None,
    problems: Problems,
    *,
    private: bool = False,
) -> dict[str, int]:
    """Find which column of a table holds what.

    Parameters
    ----------
    given
        Column name here -> header in the file, where the usual names do not fit.
    private
        True: never repeat what stands in the header line (it may be a row of personal data).

    Returns
    -------
    dict
        Column name -> position; columns that are not required may be missing.
    """
    titles = [title.strip().casefold() for title in header.cells]
    known = {column.name for column in wanted}
    found: dict[str, int] = {}
    for name in given or {}:
        if name not in known:
            near = get_close_matches(str(name), sorted(known), n=1)
            advice = (say("errors.did_you_mean", name=near[0]) if near
                      else say("input.column_allowed", known=", ".join(sorted(known))))
            problems.add(
                None, say("input.column_unknown", found=quoted(str(name)), advice=advice)
            )
    for column in wanted:
        title = (given or {}).get(column.name)
        names = column.aliases if title is None else (str(title).strip().casefold(),)
        places = [position for name in names for position, other in enumerate(titles)
                  if other == name]
        if places:
            found[column.name] = places[0]
            if titles.count(titles[places[0]]) > 1:
                problems.add(header.line, say("input.column_twice", name=column.name))
        elif column.required or title is not None:
            problems.add(header.line, _missing(column, title, header, private, problems.typed))
    _one_use_each(found, header, problems)
    return found


def _one_use_each(found: Mapping[str, int], header: Row, problems: Problems) -> None:
    by_place: dict[int, list[str]] = {}
    for name, place in found.items():
        by_place.setdefault(place, []).append(name)
    for names in by_place.values():
        if len(names) > 1:
            joined = say("input.and").join(names)
            problems.add(header.line, say("input.column_shared", names=joined))


def _missing(
    column: Column, title: str | None, header: Row, private: bool, typed: bool
) -> str:
    usual = ", ".join(column.aliases[:6])
    key = "input.column_missing" if typed else "input.column_rename"
    text = (say(key, name=column.name, usual=usual) if title is None
            else say("input.column_not_there", name=column.name, title=quoted(str(title)),
                     usual=usual))
    if private:
        return text + say("input.header_needed")
    shown = ", ".join(cell.strip()[:30] for cell in header.cells[:12])
    shown = "".join(sign if sign.isprintable() else "?" for sign in shown)
    return text + say("input.header_found", found=shown)


def full_row(row: Row, width: int, problems: Problems) -> bool:
    """Say whether a record has as many cells as the header, and note it when not."""
    if len(row.cells) == width:
        return True
    problems.add(row.line, say("input.cells", found=len(row.cells), wanted=width))
    return False
