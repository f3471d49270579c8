"""Reads scenario files and registers that somebody hands over in the browser; trusts nothing."""

from __future__ import annotations

import base64
import binascii
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from linkage_sim.app.limits import LARGEST_UPLOAD, MOST_RESIDENTS, over_limits
from linkage_sim.app.registers import Registers, in_memory
from linkage_sim.app.state import REGISTER, may_be_set
from linkage_sim.errors import InputError
from linkage_sim.scenario.documents import LABELS, Document, Layers, read_document
from linkage_sim.scenario.locate import label
from linkage_sim.scenario.schema import Scenario
from linkage_sim.scenario.validation import validated
from linkage_sim.words import listing, say

WITHOUT_EFFECT = ("run.threads", "run.record_weeks", "run.trace", "run.check")
"""No outcome depends on them, and a file that was taken away from a page holds them."""
GZIP = b"\x1f\x8b"


def uploaded_scenario(
    sent: Any, places: Sequence[str], shown: str, baselines: Any
) -> tuple[str, dict[str, Any]]:
    """Give what an uploaded scenario file sets: the place it starts from, names and values.

    Parameters
    ----------
    places
        Names of places that this server knows.
    shown
        The place a file without `extends` is laid over.
    baselines
        Gives the scenario of a place.

    Raises
    ------
    InputError
        With file, line, key and remedy of everything that cannot be used.
    """
    name = _plain_name(sent)
    with _on_disk(_data(sent, name), name) as path:
        document = read_document(path)
    document.label = name
    names_place = "extends" in document.content
    place = _place(document, places, shown)
    refused = [key for key, _ in _flat(document.content, "") if _is_refused(key)]
    if refused:
        raise InputError(
            say("app.upload.refused", place=_line(document, key), found=key[:80])
            for key in refused[:20]
        )
    layers = Layers()
    layers.add(Document("", baselines(place).model_dump(mode="json"), ships=True))
    layers.add(document)
    # A file that was cut off or is of another kind may hold nothing that could be used.
    _refuse_too_large(validated(layers), document)
    left_out = (*LABELS, *WITHOUT_EFFECT)
    values = dict(item for item in _flat(document.content, "") if item[0] not in left_out)
    if not values and not names_place:
        raise InputError(say("app.upload.nothing", name=name))
    return place, values


def uploaded_register(sent: Any, registers: Registers) -> dict[str, Any]:
    """Read a register of residents; gives the values that the page's scenario takes on.

    Raises
    ------
    InputError
        With file, line, column and remedy of everything that cannot be used; never what stands in
        a cell.
    """
    from linkage_sim.inputs.register import read_register

    name = _plain_name(sent)
    data = _data(sent, name)
    if data.startswith(GZIP):
        # A small archive may unpack to far more than a page may send.
        raise InputError(say("app.upload.packed", name=name))
    path, let_go = in_memory(data)
    try:
        register = read_register(path, typed=False)
    except InputError as error:
        raise InputError(text.replace(path, name) for text in error.messages) from None
    finally:
        let_go()
    if register.n_residents > MOST_RESIDENTS:
        raise InputError(say("app.upload.too_many", name=name, found=f"{register.n_residents:,}",
                             most=f"{MOST_RESIDENTS:,}"))
    section = registers.keep(data, name, register.sha256, register.n_residents)
    return {"world.residents": register.n_residents, REGISTER: section}


def _data(sent: Any, name: str) -> bytes:
    """Take the bytes out of what a browser sent."""
    body, size = str(sent.get("body", "")), sent.get("size", 0)
    if (isinstance(size, int) and size > LARGEST_UPLOAD) or len(body) > LARGEST_UPLOAD * 3 // 2:
        raise InputError(say("app.upload.large", name=name, most=f"{LARGEST_UPLOAD:,}"))
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise InputError(say("app.upload.broken", name=name)) from None


@contextmanager
def _on_disk(data: bytes, name: str) -> Iterator[Path]:
    """Put what was sent where readers of files find it; they speak of it by the sender's name."""
    with tempfile.TemporaryDirectory() as place:
        # The name on disk is ours; theirs is only told back.
        path = Path(place) / "upload.toml"
        path.write_bytes(data)
        try:
            yield path
        except InputError as error:
            told = [text.replace(str(path), name).replace(label(path), name)
                    for text in error.messages]
            raise InputError(told) from None


def _place(document: Document, places: Sequence[str], shown: str) -> str:
    wanted = document.content.pop("extends", None)
    if wanted is None:
        return shown
    name = str(wanted).strip().removesuffix(".toml")
    if name not in places:
        raise InputError(say("app.upload.extends", place=_line(document, "extends"),
                             found=str(wanted)[:60], known=listing(places)))
    return name


def _is_refused(key: str) -> bool:
    known = key.split(".")[0] in ("run", "world")
    return known and key not in WITHOUT_EFFECT and not may_be_set(key)


def _line(document: Document, key: str) -> str:
    return document.place(tuple(key.split(".")))


def _refuse_too_large(scenario: Scenario, document: Document) -> None:
    trouble = over_limits(scenario)
    if trouble:
        # Each begins with the name of the parameter.
        raise InputError(f"{_line(document, re.split('[:：]', text)[0])}: {text}"
                         for text in trouble)


def _plain_name(sent: Any) -> str:
    name = str(sent.get("name", ""))
    told = "".join(sign for sign in name.replace("\\", "/").rsplit("/", 1)[-1][:80]
                   if sign.isprintable())
    return told or "?"


def _flat(table: Mapping[str, Any], prefix: str) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{prefix}{key}.")
        else:
            rows.append((prefix + key, value))
    return rows
