"""Count of the pieces of all networks of a run, as a worker does it."""

from collections.abc import Callable

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.analysis import piece_counts as module
from annlab.analysis import pieces
from annlab.analysis.piece_counts import (
    NOT_COUNTED,
    PieceCountRequest,
    count_pieces_of_run,
    read_counts,
    write_counts,
)
from annlab.analysis.pieces import linear_pieces
from annlab.tensor_file import SavedFileError

SIDES = (-1.5, 2.5), (-1.0, 1.5)
Reports = list[tuple[float, bytes]]


@pytest.fixture(scope="module")
def relu_run(trained: Callable[[RunConfig], Run]) -> Run:
    return trained(
        RunConfig(
            dataset=DatasetConfig(name="moons", n_samples=60),
            model=ModelConfig(hidden_sizes=(5, 3)),
            training=TrainingConfig(max_epochs=8, learning_rate=0.05, n_seeds=3),
        )
    )


def count(
    run: Run, so_far: bytes = b"", stop_after: int | None = None
) -> tuple[np.ndarray, Reports]:
    reports: Reports = []
    request = PieceCountRequest(run=run.fingerprint, x_range=SIDES[0], y_range=SIDES[1])
    data = count_pieces_of_run(
        request,
        lambda share, partial: reports.append((share, partial)),
        lambda: stop_after is not None and len(reports) >= stop_after,
        run.to_bytes(),
        so_far,
    )
    return read_counts(data), reports


def expected(run: Run) -> np.ndarray:
    """Number of polygons of each network, one by one."""
    n_epochs, n_networks = run.checkpoints.layers[0][0].shape[:2]
    return np.array(
        [
            [
                linear_pieces(
                    [(W[e, k], b[e, k]) for W, b in run.checkpoints.layers], "relu", *SIDES
                ).n
                for k in range(n_networks)
            ]
            for e in range(n_epochs)
        ]
    )


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_counts_are_those_of_each_network(
    at_once: int, relu_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "networks_at_once", lambda sizes: at_once)
    counts, reports = count(relu_run)
    np.testing.assert_array_equal(counts, expected(relu_run))
    shares = [share for share, _ in reports]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    np.testing.assert_array_equal(read_counts(reports[-1][1]), counts)


def test_a_stopped_count_goes_on(relu_run: Run) -> None:
    counts, reports = count(relu_run, stop_after=4)
    assert len(reports) == 4
    is_counted = counts != NOT_COUNTED
    assert not is_counted.all()
    np.testing.assert_array_equal(counts[is_counted], expected(relu_run)[is_counted])
    rest, more = count(relu_run, so_far=write_counts(counts))
    assert len(more) == len(counts) - 4
    np.testing.assert_array_equal(rest, expected(relu_run))


def test_both_ends_are_counted_first(relu_run: Run) -> None:
    counts, _ = count(relu_run, stop_after=2)
    assert (counts[[0, -1]] != NOT_COUNTED).all()


def test_diverged_networks_are_left_out(relu_run: Run) -> None:
    run = Run.from_bytes(relu_run.to_bytes())
    vars(run)["diverged_epochs"] = np.array([0, 4, 0])
    counts, _ = count(run)
    np.testing.assert_array_equal(counts, expected(relu_run)[:, [0, 2]])


def test_too_many_pieces_are_a_sentence(relu_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "MAX_PIECES", 3)
    with pytest.raises(ValueError, match=r"more linear pieces than can be counted\."):
        count(relu_run)


def test_other_bytes_are_no_counts(relu_run: Run) -> None:
    with pytest.raises(SavedFileError):
        read_counts(relu_run.to_bytes())
