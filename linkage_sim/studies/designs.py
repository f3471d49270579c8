"""Designs: which points of its parameters a study looks at, each computed when it is asked for.

A grid, a list and a Sobol sample extend: what was there keeps its place. A larger latin hypercube
cannot keep the old one's spread, so a second one is appended to it (`blocks`).

Source: McKay, Beckman, Conover 1979, Technometrics 21(2) for latin hypercubes; Sobol' 1967 and
Owen 1998 for scrambled digital sequences, both as in scipy.stats.qmc.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from linkage_sim.draws import sampler_seed
from linkage_sim.studies.levels import Factor, Level
from linkage_sim.studies.salib_points import MORRIS, SALTELLI, salib_points
from linkage_sim.studies.study import Study

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Points:
    """The points of a study, in order; each is a table of dotted names and values.

    Parameters
    ----------
    study
        Its factors and its design.
    blocks
        Sizes of the samples that one latin hypercube after the other was drawn with; the samples
        of the study in one piece if left out.
    """

    def __init__(self, study: Study, blocks: Sequence[int] = ()) -> None:
        crossed, sampled = _parts(study)
        self._crossed, self._sampled = crossed, sampled
        self.shares = _sample(study, sampled, blocks or (study.samples,)) if sampled else None
        self._listed = study.design == "list"
        lengths = [len(item.levels) for item in crossed]
        self._n_crossed = (lengths or [1])[0] if self._listed else math.prod(lengths)
        self._n_sampled = 1 if self.shares is None else len(self.shares)

    def __len__(self) -> int:
        """Count the points."""
        return self._n_crossed * self._n_sampled

    def __getitem__(self, number: int) -> Level:
        """Give one point; samples come first, so that each is crossed with everything listed."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        sample, place = divmod(number, self._n_crossed)
        point: Level = {}
        for item in reversed(self._crossed):
            # The last factor of a grid moves fastest.
            place, own = (place, place) if self._listed else divmod(place, len(item.levels))
            point = {**item.levels[own], **point}
        if self.shares is not None:
            row = self.shares[sample]
            for item, share in zip(self._sampled, row, strict=True):
                point.update(item.at(float(share)))
        return point


def _parts(study: Study) -> tuple[tuple[Factor, ...], tuple[Factor, ...]]:
    """Split factors into those that are listed or crossed and those that are sampled."""
    if study.design in ("grid", "list"):
        return study.factors, ()
    if study.design == "product":
        return (
            tuple(item for item in study.factors if item.range is None),
            tuple(item for item in study.factors if item.range is not None),
        )
    return (), study.factors


def _sample(
    study: Study, factors: Sequence[Factor], blocks: Sequence[int]
) -> NDArray[np.float64]:
    """Draw shares from 0 to 1, one row a point and one column a factor."""
    import numpy as np

    kind = study.sampler if study.design == "product" else study.design
    if kind in (MORRIS, SALTELLI):
        return salib_points(kind, len(factors), blocks, study.seed)
    if kind == "sobol":
        return _sobol(len(factors), sum(blocks), sampler_seed(study.seed, "sobol"))
    parts = [
        _hypercube(len(factors), size, sampler_seed(study.seed, f"latin_hypercube {number}"))
        for number, size in enumerate(blocks)
    ]
    return np.concatenate(parts)


def _hypercube(width: int, size: int, seed: int) -> NDArray[np.float64]:
    import numpy as np
    from scipy.stats import qmc

    sampler = qmc.LatinHypercube(width, rng=seed)
    return np.asarray(sampler.random(size), dtype=np.float64)


def _sobol(width: int, size: int, seed: int) -> NDArray[np.float64]:
    import numpy as np
    from scipy.stats import qmc

    sampler = qmc.Sobol(width, scramble=True, rng=seed)
    # The whole power of two, so that SciPy has nothing to warn of; what is asked for is its start.
    whole = sampler.random_base2(max(0, math.ceil(math.log2(size))))
    return np.asarray(whole[:size], dtype=np.float64)


def blocks_for(study: Study, stored: Sequence[int]) -> tuple[int, ...]:
    """Tell in which samples a study is drawn where so many blocks are stored already.

    Returns
    -------
    tuple of int
        The stored blocks and, for a larger study, one more; the samples of the study in one piece
        where nothing fits.
    """
    kept, total = tuple(stored), sum(stored)
    if not study.samples or not kept or total > study.samples:
        return (study.samples,)
    return kept if total == study.samples else (*kept, study.samples - total)


def is_appended(study: Study, blocks: Sequence[int]) -> bool:
    """Tell whether a latin hypercube consists of several, which spread less evenly than one."""
    kind = study.sampler if study.design == "product" else study.design
    return kind == "latin_hypercube" and len(blocks) > 1
