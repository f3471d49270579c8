"""Values that change from seed to seed: each seed of a comparison takes one draw of a posterior.

All scenarios of a seed take the same draw, so that differences stay paired; over the seeds the
intervals then carry what is not known of the parameters as well as chance.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linkage_sim.draws import Decision, Draws, identity_of
from linkage_sim.errors import InputError
from linkage_sim.scenario import problems
from linkage_sim.scenario.schema import Scenario, parameters
from linkage_sim.words import listing, say, system_reason

FILE = "posterior.parquet"
PICKED = identity_of("draw of a posterior")
Row = dict[str, Any]


@dataclass(frozen=True)
class Overlay:
    """What each seed lays over every scenario.

    Attributes
    ----------
    names
        Dotted names of the parameters.
    sha256
        Of the file that the particles stand in.
    particles, weights
        The values of each particle, in the order of the names, and its weight; none where the
        values of every seed are recorded.
    draws
        How many draws there are; seed s takes draw s modulo so many. None: each seed its own.
    recorded
        Values by seed, as provenance keeps them.
    """

    names: tuple[str, ...]
    sha256: str
    particles: tuple[tuple[float | int, ...], ...] = ()
    weights: tuple[float, ...] = ()
    draws: int | None = None
    recorded: tuple[tuple[int, tuple[float | int, ...]], ...] = ()

    def values_for(self, seed: int) -> Row:
        """Give the values of a seed; they depend on the seed alone, not on which others run."""
        return dict(zip(self.names, self._values(seed), strict=True))

    def _values(self, seed: int) -> tuple[float | int, ...]:
        if self.recorded:
            return dict(self.recorded)[seed]
        number = seed if self.draws is None else seed % self.draws
        # Nothing of a run is drawn with this seed: a draw of parameters is no chance of a world.
        lots = Draws(number)
        return self.particles[lots.choice_index(self.weights, Decision.STUDY_SEED, PICKED)]

    @property
    def identity(self) -> Row:
        """Name what the values of every seed follow from."""
        return {"sha256": self.sha256, "draws": self.draws}

    def record(self, seeds: Iterable[int]) -> Row:
        """Write down which file the draws are from and what every seed took."""
        return {
            **self.identity, "parameters": list(self.names),
            "values": {str(seed): list(self._values(seed)) for seed in seeds},
        }

    def count(self, seeds: Iterable[int]) -> int:
        """Count the different draws that these seeds take."""
        return len({self._values(seed) for seed in seeds})


def load_overlay(path: Path, draws: int | None = None) -> Overlay:
    """Read a posterior that a calibration wrote: its directory, or the file in it.

    Raises
    ------
    InputError
        When there is none, or it holds a parameter that this version does not have.
    """
    place = path / FILE if path.is_dir() else path
    frame, digest = _read(place)
    known = {item.name: item for item in parameters()}
    names = tuple(name for name in frame.columns if "." in name)
    unknown = [problems.unknown_name(name, sorted(known)) for name in names if name not in known]
    if unknown:
        raise InputError(f"{place}: {text}" for text in unknown)
    if "weight" not in frame or not names or not len(frame):
        raise InputError(say("calibration.error.no_posterior", path=place))
    weights = tuple(float(item) for item in frame["weight"])
    if not all(weight >= 0.0 for weight in weights) or not sum(weights) > 0.0:
        raise InputError(say("calibration.error.no_posterior", path=place))
    columns = [
        [type(known[name].default)(value) if isinstance(known[name].default, int | float)
         else value for value in frame[name].tolist()]
        for name in names
    ]
    return Overlay(names, digest, tuple(zip(*columns, strict=True)), weights, draws)


def _read(place: Path) -> tuple[Any, str]:
    import pandas as pd
    import pyarrow as pa

    try:
        digest = hashlib.sha256(place.read_bytes()).hexdigest()
        return pd.read_parquet(place), digest
    except OSError as error:
        reason = system_reason(error)
        raise InputError(say("study.error.unreadable", path=place, reason=reason)) from None
    except (pa.ArrowException, ValueError):
        raise InputError(say("calibration.error.no_posterior", path=place)) from None


def overlay_from(record: Mapping[str, Any]) -> Overlay | None:
    """Turn what provenance says of a posterior back into what every seed takes; None without."""
    held = record.get("posterior")
    if held is None:
        return None
    recorded = tuple((int(seed), tuple(values)) for seed, values in held["values"].items())
    return Overlay(
        tuple(held["parameters"]), held["sha256"], draws=held["draws"], recorded=recorded
    )


def refuse_misfit(
    overlay: Overlay, scenarios: Iterable[Scenario], seeds: Iterable[int], settings: Iterable[str]
) -> None:
    """Raise InputError where a draw cannot be laid over a scenario, or the command line sets it.

    Parameters
    ----------
    settings
        Texts "name=value" that were typed.
    """
    typed = {text.partition("=")[0].strip() for text in settings}
    both = [name for name in overlay.names if name in typed]
    if both:
        raise InputError(say("calibration.error.set_too", names=listing(both)))
    for scenario in scenarios:
        for values in {json.dumps(overlay.values_for(seed)) for seed in seeds}:
            scenario.with_values(json.loads(values))
