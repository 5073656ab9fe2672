"""Losses of a landscape of a large network, for a worker."""

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from annlab.analysis.landscape import Array, Effort, grid_of, losses_on_plane
from annlab.analysis.weight_planes import WeightPlane
from annlab.config import RunConfig
from annlab.datasets import load_run_dataset
from annlab.runs.run import Run
from annlab.tensor_file import dump, load
from annlab.validation import Config

_PLANE, _RESULT = "plane of networks", "losses on a plane"
# Networks between two looks at whether to stop.
_AT_ONCE = 15


class LandscapeRequest(Config):
    """Which losses are computed.

    Attributes
    ----------
    run : str
        Fingerprint of the run.
    network : int
        Network whose data count.
    plane : str
        Digest of the networks on the plane.
    n_samples : int
    """

    run: str
    network: int
    plane: str
    n_samples: int


def landscape_request(
    run: Run, plane: WeightPlane, networks: Sequence[int], effort: Effort
) -> LandscapeRequest:
    """Return the request for the losses of `annlab.analysis.landscape.landscape`."""
    digest = hashlib.sha256()
    for array in (plane.origin, plane.axes, grid_of(run, plane, networks, effort).places):
        digest.update(np.ascontiguousarray(array).data)
    return LandscapeRequest(
        run=run.fingerprint,
        network=networks[0],
        plane=digest.hexdigest(),
        n_samples=effort.n_samples,
    )


def landscape_plane(run: Run, plane: WeightPlane, networks: Sequence[int], effort: Effort) -> bytes:
    """Pack what `compute_losses` takes besides the request."""
    grid = grid_of(run, plane, networks, effort)
    arrays = {"places": grid.places, "rows": grid.rows}
    arrays |= {"origin": plane.origin, "axes": plane.axes}
    return dump(arrays, {"config": run.config.model_dump(mode="json")}, kind=_PLANE)


def compute_losses(
    request: LandscapeRequest,
    report: Callable[[float, bytes], None],
    should_stop: Callable[[], bool],
    plane: bytes,
) -> bytes:
    """Compute the losses of a landscape.

    Parameters
    ----------
    request : LandscapeRequest
    report, should_stop : callable
        As `annlab.jobs.kinds.Kind` describes them.
    plane : bytes
        From `landscape_plane`.

    Returns
    -------
    bytes
        For `read_losses`; empty after a stop.
    """
    arrays, facts = load(plane, kind=_PLANE)
    config = RunConfig.model_validate(facts["config"])
    data = load_run_dataset(config).of(request.network)
    places, rows = arrays["places"], arrays["rows"]
    on = WeightPlane(arrays["origin"], arrays["axes"], ("", ""))
    losses = []
    for first in range(0, len(places), _AT_ONCE):
        if should_stop():
            return b""
        some = places[first : first + _AT_ONCE]
        losses.append(losses_on_plane(config, data, on, some, rows))
        report((first + len(some)) / len(places), b"")
    return dump({"losses": np.concatenate(losses)}, {}, kind=_RESULT)


def read_losses(data: bytes) -> Array:
    """Read the result of `compute_losses`: shape (n_places,).

    Raises
    ------
    SavedFileError
        If the data are damaged.
    """
    return load(data, kind=_RESULT)[0]["losses"]
