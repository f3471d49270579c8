"""What the kernels count, per community and year; outcomes are made of these."""

from __future__ import annotations

from enum import IntEnum


class Count(IntEnum):
    """Columns of the counting table, float64[communities, years, len(Count)]."""

    ONSETS = 0
    RECOVERIES = 1
    ENDED_BY_GOVERNMENT = 2
    ENDED_BY_PURCHASE = 3
    ENDED_BY_NEIGHBOURS = 4
    ENDED_SEVERITY_PURCHASE = 5
    LEFT = 6
    ARRIVED = 7
    NEED_WEEKS = 8
    UNCOVERED_WEEKS = 9
    SEVERITY_WEEKS = 10
    COVERED_SEVERITY = 11
    BOUGHT_SEVERITY = 12
    TOP_SEVERITY_WEEKS = 13
    TOP_COVERED_SEVERITY = 14
    RESIDENT_WEEKS = 15
    EPISODES = 16
    WAIT_WEEKS = 17
    SERVED_EARLY = 18
    MATCH_WEIGHT = 19
    MATCH_SUM = 20
    JOINED = 21
    DROPPED = 22
    VOLUNTEER_WEEKS = 23
    VOLUNTEER_HOURS = 24
    VISITS = 25
    CONTACTS_BOUGHT = 26
    CONTACTS_STATION = 27
    EVENTS = 28
    HEADS = 29
    CREDIT_ISSUED = 30
    CREDIT_REDEEMED = 31
    CREDIT_LOST = 32
    ASKED = 33
    SHOW_HOURS = 34
    SUBSTANCE_HOURS = 35
    SEARCHES = 36
    SEARCHES_FAILED = 37
    HIDDEN_FOUND = 38
    OPEN_AT_END = 39


N_COUNTS = len(Count)
