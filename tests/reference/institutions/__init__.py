"""Institutions as plain objects: who hears, chooses, approves, buys, works, evaluates and pays.

They follow the same rule as the rest of the reference: only `linkage_sim.scenario` and
`linkage_sim.draws` of the package, ordinary classes and loops. See ../README.md.
"""
