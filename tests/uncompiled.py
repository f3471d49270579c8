"""The week of residents as plain Python, so that a test can break one of its parts.

`live` is compiled as a whole with everything it calls; uncompiled it is the same text, and looks
its parts up when it gets to them.
"""

from __future__ import annotations

import pytest

from linkage_sim.kernels import week

PARTS = ("live", "look", "serve", "help_out")


def uncompile_week(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the model's week run from its text; kernels that it calls stay compiled."""
    for name in PARTS:
        part = getattr(week, name)
        monkeypatch.setattr(week, name, getattr(part, "py_func", part))
