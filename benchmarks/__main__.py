"""`python -m benchmarks [--city] [--starsim PYTHON]`: measure, print, write results.json."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numba
import numpy as np

from benchmarks import engine, opponents
from benchmarks.parts import parts
from linkage_sim.provenance import git_state

HERE = Path(__file__).parent
SIZES = (5_200, 100_000, 1_000_000)


def machine() -> dict[str, Any]:
    """Say on what was measured."""
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.partition(":")[2].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        pass
    return {"processor": name, "cores": os.cpu_count(), "system": platform.system(),
            "python": platform.python_version(), "numpy": np.__version__,
            "numba": numba.__version__, "date": date.today().isoformat(),
            "commit": git_state().get("commit", "")[:8],
            "load_before": round(os.getloadavg()[0], 2)}


def main() -> None:
    """Measure everything that was asked for, one thing after the other."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--city", action="store_true", help="also the whole city (minutes)")
    parser.add_argument("--starsim", type=Path, help="interpreter of an environment with Starsim")
    parser.add_argument("--out", type=Path, default=HERE / "results.json")
    asked = parser.parse_args()
    found: dict[str, Any] = {"machine": machine()}
    engine.warm_up()

    def tell(name: str, value: Any) -> None:
        found[name] = value
        sys.stdout.write(f"{name}: {json.dumps(value, indent=1)}\n")
        sys.stdout.flush()

    tell("one_community", engine.one_community())
    tell("speed", [engine.speed(size) for size in SIZES])
    tell("memory_bytes_per_resident_at_1_million", engine.memory(1_000_000))
    tell("parts_at_1_million", parts(1_000_000))
    tell("plain_objects", opponents.plain_objects())
    tell("starsim", opponents.starsim(asked.starsim))
    if asked.city:
        tell("whole_city", engine.whole_city())
    asked.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
