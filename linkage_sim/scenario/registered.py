"""Tells whether a register of residents is still the file that a scenario was written with."""

from __future__ import annotations

import hashlib
from pathlib import Path

from linkage_sim.scenario.world import Register
from linkage_sim.words import say


def register_trouble(register: Register) -> str | None:
    """Say why a register cannot be used: gone, unreadable, or another file by now; None if fine.

    Only the hash of the file is compared, so nothing of its rows can reach the message.
    """
    try:
        with Path(register.path).open("rb") as handle:
            found = hashlib.file_digest(handle, "sha256").hexdigest()
    except (FileNotFoundError, ValueError):
        return say("errors.register_missing", path=register.path)
    except OSError as error:
        reason = error.strerror or str(error)
        return f"{register.path}: {say('errors.unreadable', reason=reason)}"
    if found != register.sha256.lower():
        return say("errors.register_changed", path=register.path)
    return None
