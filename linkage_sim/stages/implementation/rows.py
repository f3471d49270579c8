"""Rows of contracts and places: the bridge between contracts and the service kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from linkage_sim.kernels.tables import GONE, HELD, LINE, OPEN, PLACE, PROJECT, Fields, blank_rows

FIRST_ROOM = 16
FIRST_LINES = 256


def _grown(table: Any, room: int) -> Any:
    """Give the same table with more room at its end."""
    more = blank_rows(room, table.dtype)
    more[: len(table)] = table
    return more


class ContractRows:
    """All rows in use: one a contract, places side by side, and each community's record.

    Parameters
    ----------
    communities : columns of COMMUNITY[communities]
        Where the number of contracts and the room of the record are kept.

    Attributes
    ----------
    projects, places, lines
        Tables for the kernels; a table that grows is exchanged as a whole.
    held : int64[communities, room]
        Rows of contracts in delivery of each community, ordered by identity.
    """

    def __init__(self, communities: Any) -> None:
        self.communities = communities
        self._columns = Fields(blank_rows(0, PROJECT))
        self.projects = blank_rows(FIRST_ROOM, PROJECT)
        self.places = blank_rows(FIRST_ROOM * 64, PLACE)
        self.held = np.zeros((len(communities.first), FIRST_ROOM), np.int64)
        self.free = list(range(FIRST_ROOM))
        self.used_places = 0
        edges = FIRST_LINES * np.arange(len(communities.first) + 1)
        communities.line_first[:], communities.line_stop[:] = edges[:-1], edges[1:]
        self.lines = blank_rows(int(edges[-1]), LINE)

    @property
    def columns(self) -> Fields:
        """Columns of the table of contracts, for those who look from outside."""
        if self._columns.table is not self.projects:
            self._columns = Fields(self.projects)
        return self._columns

    def of(self, community: int) -> Any:
        """Give the rows of contracts in delivery of a community, ordered by identity: int64."""
        return self.held[community, : int(self.communities.projects[community])]

    def take(self, community: int, identity: int, places: int, roster: Any, series: int) -> int:
        """Take a row with its places; the first belong to the named holders, -1 who moved away."""
        if not self.free:
            room = len(self.projects)
            self.projects = _grown(self.projects, 2 * room)
            self.free = list(range(room, 2 * room))
        while self.used_places + places > len(self.places):
            self.places = _grown(self.places, 2 * len(self.places))
        row = self.free.pop(0)
        first, stop = self.used_places, self.used_places + places
        self.used_places = stop
        projects, taken = self.columns, self.places.view(np.ndarray)[first:stop]
        self.projects.view(np.ndarray)[row] = np.zeros((), PROJECT)
        projects.identity[row] = identity
        projects.place_first[row], projects.place_stop[row] = first, stop
        named = min(len(roster), places)
        taken["holder"], taken["state"], taken["left"], taken["named"] = -1, OPEN, series, 0
        taken["holder"][:named] = roster[:named]
        taken["state"][:named] = np.where(roster[:named] < 0, GONE, HELD)
        taken["named"][:named] = 1
        self._set_rows(community, np.append(self.of(community), row))
        return row

    def _set_rows(self, community: int, rows: Any) -> None:
        while len(rows) > self.held.shape[1]:
            self.held = np.hstack([self.held, np.zeros_like(self.held)])
        order = np.argsort(self.columns.identity[rows], kind="stable")
        self.held[community, : len(rows)] = rows[order]
        self.communities.projects[community] = len(rows)

    def give_back(self, community: int, row: int) -> None:
        """Free a row; its places are reclaimed when no contract is left."""
        rows = self.of(community)
        self._set_rows(community, rows[rows != row])
        self.free.append(row)
        self.free.sort()
        self.columns.hours[row] = 0.0

    def reclaim_places(self, rows_in_use: list[int]) -> None:
        """Move the places of contracts that go on to the front, at the turn of a year."""
        kept = sorted(rows_in_use, key=lambda row: int(self.projects.place_first[row]))
        cursor = 0
        for row in kept:
            first, stop = int(self.projects.place_first[row]), int(self.projects.place_stop[row])
            self.places[cursor : cursor + stop - first] = self.places[first:stop].copy()
            self.projects.place_first[row] = cursor
            self.projects.place_stop[row] = cursor + stop - first
            cursor += stop - first
        self.used_places = cursor

    def grow_lines(self, wanted: Any) -> None:
        """Make room for records of persons met: int64[communities] lines are wanted."""
        table = self.communities
        first, room = table.line_first.tolist(), table.line_stop - table.line_first
        # Twice what is wanted, so that it is seldom wanted again.
        edges = np.concatenate([[0], np.cumsum(np.where(wanted > room, 2 * wanted, room))])
        more = blank_rows(int(edges[-1]), LINE)
        before, after = self.lines.view(np.ndarray), more.view(np.ndarray)
        for used, old, new in zip(table.lines.tolist(), first, edges.tolist(), strict=False):
            after[new : new + used] = before[old : old + used]
        table.line_first[:], table.line_stop[:] = edges[:-1], edges[1:]
        self.lines = more

    def clear_lines(self) -> None:
        """Start new records of persons met at the turn of a year."""
        self.communities.lines[:] = 0

    def lines_of(self, community: int, row: int) -> tuple[Any, Any]:
        """Give the persons a project met, in order, and how (CONTACT, CONTACT_ENDED, ATTENDED)."""
        first = int(self.communities.line_first[community])
        lines = self.lines.view(np.ndarray)
        lines = lines[first : first + int(self.communities.lines[community])]
        mine = lines[lines["project"] == row]
        return mine["person"], mine["kind"]
