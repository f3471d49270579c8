"""The plain object model of the residents' side, and its comparison with the fast engine.

Everything from the first household to the last tranche is its own work (`institutions/whole.py`);
the residents alone can also be told what the engine's institutions decided (`town.py`).
See README.md.
"""
