"""Points of sensitivity studies, drawn by SALib as shares of the way from low to high.

Source: Morris 1991, Technometrics 33(2) for trajectories; Saltelli 2002, Computer Physics
Communications 145(2), for the blocks from which Sobol indices are computed; both as in SALib
(Herman and Usher 2017, JOSS 2(9)).
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from linkage_sim.draws import sampler_seed
from linkage_sim.errors import InputError
from linkage_sim.words import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MORRIS, SALTELLI = "morris", "saltelli"
LEVELS = 4
"""Steps of a Morris grid; an elementary effect spans two thirds of the way."""


def group_size(design: str, width: int) -> int:
    """Tell how many points belong together: a trajectory, a block, or a point by itself."""
    return {MORRIS: width + 1, SALTELLI: width + 2}.get(design, 1)


def refuse_without_salib() -> None:
    """Raise InputError where SALib is not installed."""
    if find_spec("SALib") is None:
        raise InputError(say("sensitivity.error.no_salib"))


def problem_of(width: int) -> dict[str, Any]:
    """Describe parameters to SALib: shares from 0 to 1, so that effects are over whole ranges."""
    names = [f"x{number}" for number in range(width)]
    return {"num_vars": width, "names": names, "bounds": [[0.0, 1.0]] * width}


def salib_points(
    design: str, width: int, blocks: Sequence[int], seed: int
) -> NDArray[np.float64]:
    """Draw the points of a design, one row a point and one column a parameter.

    Parameters
    ----------
    blocks
        Trajectories that were drawn one after the other; blocks of a Sobol sequence just go on.

    Raises
    ------
    InputError
        When SALib is not installed.
    """
    import numpy as np

    refuse_without_salib()
    if design == SALTELLI:
        return _saltelli(width, sum(blocks), salib_seed(seed, "saltelli"))
    return np.concatenate([
        _morris(width, size, salib_seed(seed, f"morris {number}"))
        for number, size in enumerate(blocks)
    ])


def salib_seed(seed: int, name: str) -> int:
    """Give SALib its seed; it takes 0 for no seed at all."""
    return sampler_seed(seed, name) or 1


def _morris(width: int, trajectories: int, seed: int) -> NDArray[np.float64]:
    import numpy as np
    from SALib.sample import morris

    found = morris.sample(problem_of(width), trajectories, num_levels=LEVELS, seed=seed)
    # Rounding leaves some a hair outside.
    return np.clip(np.asarray(found, dtype=np.float64), 0.0, 1.0)


def _saltelli(width: int, samples: int, seed: int) -> NDArray[np.float64]:
    import numpy as np
    from SALib.sample import sobol

    found = sobol.sample(problem_of(width), samples, calc_second_order=False, seed=seed)
    return np.asarray(found, dtype=np.float64)
