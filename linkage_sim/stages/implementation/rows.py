"""Rows of contracts and places: the bridge between contracts and the service kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from linkage_sim.kernels.tables import GONE, HELD, OPEN, Log, Places, Projects

_WHOLE = {"identity", "category", "place_first", "place_stop"}
FIRST_ROOM = 16


def empty_projects(room: int) -> Projects:
    """Make empty rows for contracts."""
    columns: dict[str, Any] = {
        name: np.zeros(room, np.int64 if name in _WHOLE else np.float64)
        for name in Projects._fields
    }
    columns["competence"] = np.zeros((room, 8))
    return Projects(**columns)


def empty_places(room: int) -> Places:
    """Make empty places."""
    return Places(
        np.full(room, -1, np.int32), np.zeros(room, np.uint8), np.zeros(room, np.int32),
        np.zeros(room, np.uint8),
    )


def empty_log(room: int) -> Log:
    """Make an empty record of persons met."""
    return Log(
        np.zeros(room, np.int32), np.zeros(room, np.int32), np.zeros(room, np.uint8),
        np.zeros(1, np.int64),
    )


def _grown(table: Any, room: int) -> Any:
    columns = []
    for column in table:
        more = np.zeros((room, *column.shape[1:]), column.dtype)
        more[: len(column)] = column
        columns.append(more)
    return type(table)(*columns)


class ContractRows:
    """All rows in use: one a contract, places side by side, and each community's record.

    Attributes
    ----------
    projects, places, logs
        Tables for the kernels; a table that grows is exchanged as a whole.
    of_community : dict community -> int64 rows
        Contracts in delivery, ordered by identity.
    """

    def __init__(self, communities: int) -> None:
        self.projects = empty_projects(FIRST_ROOM)
        self.places = empty_places(FIRST_ROOM * 64)
        self.logs = [empty_log(256) for _ in range(communities)]
        self.free = list(range(FIRST_ROOM))
        self.used_places = 0
        self.of_community: dict[int, Any] = {
            community: np.zeros(0, np.int64) for community in range(communities)
        }

    def take(self, community: int, identity: int, places: int, roster: Any, series: int) -> int:
        """Take a row with its places; the first belong to the named holders, -1 who moved away."""
        if not self.free:
            room = len(self.projects.identity)
            self.projects = _grown(self.projects, 2 * room)
            self.free = list(range(room, 2 * room))
        while self.used_places + places > len(self.places.holder):
            self.places = _grown(self.places, 2 * len(self.places.holder))
        row = self.free.pop(0)
        for name, column in zip(Projects._fields, self.projects, strict=True):
            if name != "identity":
                column[row] = 0
        first, stop = self.used_places, self.used_places + places
        self.used_places = stop
        self.projects.identity[row] = identity
        self.projects.place_first[row] = first
        self.projects.place_stop[row] = stop
        self.places.holder[first:stop] = -1
        self.places.state[first:stop] = OPEN
        self.places.left[first:stop] = series
        self.places.named[first:stop] = 0
        named = min(len(roster), places)
        self.places.holder[first : first + named] = roster[:named]
        self.places.state[first : first + named] = np.where(roster[:named] < 0, GONE, HELD)
        self.places.named[first : first + named] = 1
        rows = np.append(self.of_community[community], row)
        order = np.argsort(self.projects.identity[rows], kind="stable")
        self.of_community[community] = rows[order].astype(np.int64)
        return row

    def give_back(self, community: int, row: int) -> None:
        """Free a row; its places are reclaimed when no contract is left."""
        rows = self.of_community[community]
        self.of_community[community] = rows[rows != row]
        self.free.append(row)
        self.free.sort()
        self.projects.hours[row] = 0.0

    def reclaim_places(self, rows_in_use: list[int]) -> None:
        """Move the places of contracts that go on to the front, at the turn of a year."""
        kept = sorted(rows_in_use, key=lambda row: int(self.projects.place_first[row]))
        cursor = 0
        for row in kept:
            first, stop = int(self.projects.place_first[row]), int(self.projects.place_stop[row])
            for column in self.places:
                column[cursor : cursor + stop - first] = column[first:stop].copy()
            self.projects.place_first[row] = cursor
            self.projects.place_stop[row] = cursor + stop - first
            cursor += stop - first
        self.used_places = cursor

    def log_for(self, community: int, lines: int) -> Log:
        """Give a community's record with room for more lines."""
        log = self.logs[community]
        needed = int(log.used[0]) + lines
        if needed > len(log.project):
            room = len(log.project)
            while room < needed:
                room *= 2
            columns = []
            for column in log[:3]:
                more = np.zeros(room, column.dtype)
                more[: len(column)] = column
                columns.append(more)
            self.logs[community] = Log(*columns, log.used)  # type: ignore[call-arg]
        return self.logs[community]

    def clear_logs(self) -> None:
        """Start new records at the turn of a year."""
        for log in self.logs:
            log.used[0] = 0

    def lines_of(self, community: int, row: int) -> tuple[Any, Any]:
        """Give the persons a project met, in order, and how (CONTACT, CONTACT_ENDED, ATTENDED)."""
        log = self.logs[community]
        used = int(log.used[0])
        mine = log.project[:used] == row
        return log.person[:used][mine], log.kind[:used][mine]
