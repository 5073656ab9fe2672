"""A worker computes the landscape that the page would."""

import numpy as np
import pytest

from annlab import Run
from annlab.analysis.landscape import (
    MOST_WORK,
    MOST_WORK_OF_WORKER,
    Effort,
    effort_for,
    landscape,
)
from annlab.analysis.landscape_losses import (
    compute_losses,
    landscape_plane,
    landscape_request,
    read_losses,
)
from annlab.analysis.weight_planes import WeightPlane, random_plane
from annlab.datasets import load_run_dataset
from annlab.tensor_file import SavedFileError
from tests.analysis.test_landscape import ends

EFFORT = Effort(5, 40)


def plane_of(run: Run, seed: int = 0) -> WeightPlane:
    return random_plane(ends(run, 1)[1], run.config.architecture, seed)


def test_a_worker_finds_the_same_losses(run: Run) -> None:
    plane = plane_of(run)
    expected = landscape(run, load_run_dataset(run.config), plane, [1], EFFORT)
    shares: list[float] = []
    data = compute_losses(
        landscape_request(run, plane, [1], EFFORT),
        lambda share, partial: shares.append(share),
        lambda: False,
        landscape_plane(run, plane, [1], EFFORT),
    )
    losses = read_losses(data)
    np.testing.assert_array_equal(losses.reshape(5, 5), expected.losses)
    assert shares == pytest.approx([0.6, 1.0])
    again = landscape(run, load_run_dataset(run.config), plane, [1], EFFORT, losses)
    np.testing.assert_array_equal(again.losses, expected.losses)


def test_requests_differ_where_losses_do(binary_run: Run) -> None:
    plane = plane_of(binary_run)
    request = landscape_request(binary_run, plane, [1], EFFORT)
    assert landscape_request(binary_run, plane_of(binary_run), [1], EFFORT) == request
    for other in (
        landscape_request(binary_run, plane_of(binary_run, seed=1), [1], EFFORT),
        landscape_request(binary_run, plane, [1], Effort(6, 40)),
        landscape_request(binary_run, plane, [1], Effort(5, 41)),
        landscape_request(binary_run, plane, [0], EFFORT),
    ):
        assert other != request


def test_a_stop_and_damaged_bytes(binary_run: Run) -> None:
    plane = plane_of(binary_run)
    request = landscape_request(binary_run, plane, [1], EFFORT)
    packed = landscape_plane(binary_run, plane, [1], EFFORT)
    assert compute_losses(request, lambda share, partial: None, lambda: True, packed) == b""
    with pytest.raises(SavedFileError):
        read_losses(packed)


def test_a_worker_may_do_more() -> None:
    with pytest.raises(ValueError, match="A landscape is drawn for networks with up to"):
        effort_for(50_000, 1000)
    assert effort_for(50_000, 1000, MOST_WORK_OF_WORKER) == Effort(25, 1000)
    with pytest.raises(ValueError, match=r"up to 1,3\d\d,\d\d\d"):
        effort_for(2_000_000, 1000, MOST_WORK_OF_WORKER)
    assert MOST_WORK < MOST_WORK_OF_WORKER
