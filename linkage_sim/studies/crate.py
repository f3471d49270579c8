"""Writes the record that travels with an experiment: what its files are, and what made them.

A research object crate: one JSON file beside the others that names each file with its checksum, the
program and version that made it, and the command that makes it again.

Source: RO-Crate 1.1, https://w3id.org/ro/crate/1.1.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from linkage_sim.studies.expected import RECORD
from linkage_sim.studies.experiment import FULL, QUICK, load_experiment

PAGE = "README.md"
CRATE = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
LICENCE = "https://spdx.org/licenses/MIT"
KINDS = {
    ".toml": "application/toml", ".csv": "text/csv", ".json": "application/json",
    ".png": "image/png",
}
Row = dict[str, Any]


def crate_of(folder: Path) -> Row:
    """Describe an experiment's folder; equal files give an equal description.

    Raises
    ------
    InputError
        When the experiment cannot be read.
    """
    experiment = load_experiment(folder)
    files = sorted(
        path for path in folder.rglob("*")
        if path.is_file() and path.suffix in KINDS and path.name != CRATE
    )
    parts = [_file(path, folder) for path in files]
    if (folder / PAGE).is_file():
        # The page for readers is mended by hand: named, but not sealed by a checksum.
        parts.append({"@id": PAGE, "@type": "File", "encodingFormat": "text/markdown"})
    actions = [action for size in (QUICK, FULL) if (action := _action(folder, size))]
    root: Row = {
        "@id": "./", "@type": "Dataset", "name": experiment.written.title,
        "alternateName": experiment.written.title_zh,
        "description": experiment.written.question,
        "license": {"@id": LICENCE},
        "hasPart": [{"@id": part["@id"]} for part in parts],
        "mentions": [{"@id": action["@id"]} for action in actions],
    }
    sizes = [str(action["@id"]).removeprefix("#") for action in actions]
    programs = {item["@id"]: item for item in (_program(folder, size) for size in sizes)}
    graph = [descriptor(), root, *parts, *actions, *programs.values()]
    return {"@context": CONTEXT, "@graph": graph}


def descriptor() -> Row:
    """Give the entry by which a program knows a research object crate."""
    return {
        "@id": CRATE, "@type": "CreativeWork", "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }


def _file(path: Path, folder: Path) -> Row:
    content = path.read_bytes()
    return {
        "@id": path.relative_to(folder).as_posix(), "@type": "File",
        "encodingFormat": KINDS[path.suffix], "contentSize": str(len(content)),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _record(folder: Path, size: str) -> Row:
    path = folder / "expected" / size / RECORD
    found: Row = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def _action(folder: Path, size: str) -> Row:
    """Say which command made the expected results of one form; empty where there are none."""
    record = _record(folder, size)
    if not record:
        return {}
    results = sorted((folder / "expected" / size).glob("*.csv"))
    return {
        "@id": f"#{size}", "@type": "CreateAction", "name": " ".join(record["command"]),
        "instrument": {"@id": _program_id(record)},
        "object": [{"@id": name} for name in record["sources"]],
        "result": [{"@id": path.relative_to(folder).as_posix()} for path in results],
    }


def _program_id(record: Row) -> str:
    return f"#linkage-sim-{record['package_version']}-model-{record['model_version']}"


def _program(folder: Path, size: str) -> Row:
    record = _record(folder, size)
    libraries = ", ".join(f"{name} {value}" for name, value in record["environment"].items())
    return {
        "@id": _program_id(record), "@type": "SoftwareApplication", "name": "linkage-sim",
        "version": record["package_version"], "softwareRequirements": libraries,
        "identifier": record["git"].get("commit", ""),
        "description": f"model version {record['model_version']}, code {record['code']}",
    }


def write_crate(folder: Path) -> Path:
    """Write the description beside what it describes."""
    goal = folder / CRATE
    text = json.dumps(crate_of(folder), indent=1, ensure_ascii=False)
    beside = goal.with_suffix(".new")
    beside.write_text(text + "\n", encoding="utf-8", newline="\n")
    beside.replace(goal)
    return goal

