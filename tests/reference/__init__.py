"""The plain object model of the residents' side, and its comparison with the fast engine.

Households, needs, services, volunteering, feelings, moving, lists and counts are its own work;
what institutions decide (hearings, contracts, hours, staff) is replayed from a run of the engine.
See README.md.
"""
