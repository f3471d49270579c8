"""Lets `python -m linkage_sim` do what the command `linkage-sim` does."""

from __future__ import annotations

from linkage_sim.cli.app import start

if __name__ == "__main__":
    start()
