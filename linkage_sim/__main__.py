"""Lets `python -m linkage_sim` do what the command `linkage-sim` does."""

from __future__ import annotations

import sys

from linkage_sim.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
