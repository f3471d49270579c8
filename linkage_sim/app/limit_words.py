"""Names the limits from theory in the language of a page; `verify` knows them by their functions.

Imports nothing of the verification itself, which would load the compiled code of the model.
"""

from __future__ import annotations

import re

from linkage_sim.words import say

_DETAILS = (
    ("lag", r"lag (?P<n>\d+)"),
    ("delay_of", r"delay (?P<n>\d+) of (?P<of>\d+)"),
    ("delay_end", r"delay (?P<n>\d+), end at (?P<end>\d+)"),
    ("three_officers", "three officers"),
    ("four_desks", "four desks"),
    ("returns", "returns"),
    ("monday", "Monday and Thursday"),
    ("every", r"every (?P<n>\d+) days"),
    ("counts_hours", r"counts (?P<weight>[\d.]+), hours (?P<hours>[\d.]+)"),
    ("counts", r"counts (?P<weight>[\d.]+)"),
    ("greedy", "greedy"),
    ("equal_shares", "equal_shares"),
)
_PAIRS = {
    "volunteer_share": ("joining", r"(?P<join>[\d.]+) and (?P<contagion>[\d.]+)"),
    "satisfaction_fixed_point": ("publicity", r"(?P<met>[\d.]+) and (?P<publicity>[\d.]+)"),
}
_SIDE = re.compile(r"(north|south) (\d+)")


def limit_title(name: str, language: str) -> str:
    """Say what a limit is about: "need_autocorrelation, lag 5" in plain words.

    Raises
    ------
    KeyError
        For a limit that has no words yet.
    """
    function, _, detail = name.partition(", ")
    title = say(f"limits.name.{function}", language)
    if not detail:
        return title
    known = (_PAIRS[function],) if function in _PAIRS else _DETAILS
    for key, pattern in known:
        found = re.fullmatch(pattern, detail)
        if found is not None:
            told = say(f"limits.detail.{key}", language, **found.groupdict())
            return title + say("sign.colon", language) + told
    raise KeyError(name)


def limit_value(text: str, language: str) -> str:
    """Give observed or expected as a reader of the language expects it: projects by their side."""
    told = _SIDE.sub(lambda found: say(f"limits.side.{found[1]}", language, n=found[2]), text)
    return told if told == text else told.replace(", ", say("sign.list", language))
