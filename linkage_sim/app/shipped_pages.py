"""Reads the pages of docs/ that the tab "Evidence" shows, so that their words stand once.

The pages travel inside the wheel; in the repository they are read where a person edits them.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parents[1]
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKED = re.compile(r"(\*\*[^*]+\*\*|`[^`]+`)")
_CHINESE_END = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]$")


def shipped_pages() -> Path:
    """Give the folder of the pages that ship: inside a wheel, or at the repository's top."""
    inside = _PACKAGE / "_docs"
    return inside if inside.is_dir() else _PACKAGE.parent / "docs"


@cache
def limits_page(language: str) -> tuple[dict[str, Any], ...]:
    """Give what the model must not be used for, and its known limits, section by section.

    Returns
    -------
    tuple of dict
        title, blocks; a block has `item` (a bullet or a paragraph) and `parts`, each with kind
        ("plain", "strong" or "code") and text.
    """
    name = "limits.md" if language == "en" else f"limits.{language}.md"
    lines = (shipped_pages() / name).read_text(encoding="utf-8").splitlines()
    sections: list[dict[str, Any]] = []
    for line in lines:
        if line.startswith("## "):
            sections.append({"title": line[3:].strip(), "blocks": [], "open": False})
        elif sections:
            _take(sections[-1], line)
    return tuple(
        {"title": item["title"],
         "blocks": [{"item": block["item"], "parts": _parts(block["text"])}
                    for block in item["blocks"]]}
        for item in sections
    )


def _take(section: dict[str, Any], line: str) -> None:
    """Add one line to a section: it begins a block, or goes on with the last."""
    text = line.strip()
    is_item = line.startswith("- ")
    if not text:
        section["open"] = False
    elif is_item or not section["open"]:
        section["blocks"].append({"item": is_item, "text": text.removeprefix("- ")})
        section["open"] = True
    else:
        block = section["blocks"][-1]
        between = "" if _CHINESE_END.search(block["text"]) else " "
        block["text"] += between + text


def _parts(text: str) -> list[dict[str, str]]:
    plain = _LINK.sub(r"\1", text)
    kinds = {"*": "strong", "`": "code"}
    return [
        {"kind": kinds[part[0]], "text": part.strip("*`")}
        if _MARKED.fullmatch(part) else {"kind": "plain", "text": part}
        for part in _MARKED.split(plain) if part
    ]


@cache
def checked_limits() -> tuple[tuple[str, str, str, str, bool], ...]:
    """Give the table of limits from theory as it came out when this version was made.

    Returns
    -------
    tuple of tuple
        Name, observed, expected, standard error, and whether the limit holds.
    """
    lines = (shipped_pages() / "verification.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")]
            for line in lines if line.startswith("| ")]
    # The first two lines of a table name and rule its columns.
    return tuple(
        (name, observed, expected, error, verdict == "holds")
        for name, observed, expected, error, verdict in rows[2:]
    )
