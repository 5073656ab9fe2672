"""Worker functions, called in this process."""

import warnings
from collections.abc import Callable

import pytest

from annlab import Run, RunConfig, evaluate
from annlab.config import RESULTS_VERSION, DatasetConfig, TrainingConfig
from annlab.datasets import load_dataset, load_run_dataset
from annlab.datasets.serialize import dataset_from_bytes
from annlab.jobs import worker
from annlab.jobs.worker import train_run

CONFIG = RunConfig(
    dataset=DatasetConfig(name="moons", n_samples=60, test_fraction=0.5),
    training=TrainingConfig(max_epochs=2, n_seeds=3),
)
FOLDS = CONFIG.model_copy(
    update={"dataset": DatasetConfig(name="moons", n_samples=60, resample="folds")}
)


LABELS, NUMBERS = (
    CONFIG.model_copy(
        update={"dataset": DatasetConfig(name=name, n_samples=n, test_fraction=0.5, resample=own)}
    )
    for name, n, own in (("labels", 60, "split"), ("plane_curve", 60, "none"))
)


@pytest.mark.parametrize("config", [LABELS, NUMBERS], ids=["labels", "numbers"])
def test_several_outputs_are_scored_by_their_task(
    config: RunConfig, trained: Callable[[RunConfig], Run]
) -> None:
    run = trained(config)
    score, data = worker._scored(run)
    assert score == evaluate(run, split="test").headline.tolist()
    assert data is not None
    again, made = dataset_from_bytes(data), load_run_dataset(config)
    for k in range(3):
        assert (again.of(k).y_test == made.of(k).y_test).all()
        assert again.of(k).y_test.shape[1] == config.dataset.spec.n_targets
    assert again.target_names == made.target_names


@pytest.mark.parametrize("config", [CONFIG, FOLDS], ids=["one split", "folds"])
def test_a_run_is_scored_on_what_was_held_out(
    config: RunConfig, trained: Callable[[RunConfig], Run]
) -> None:
    run = trained(config)
    score, data = worker._scored(run)
    assert score == evaluate(run, split="test").accuracy.tolist()
    assert data is not None
    assert (dataset_from_bytes(data).X_test == load_dataset(config).X_test).all()


def test_large_data_are_not_returned(
    trained: Callable[[RunConfig], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "FEW_BYTES", 100)
    score, data = worker._scored(trained(CONFIG))
    assert score is not None
    assert data is None


def test_run_that_cannot_be_scored_is_returned_without_a_score(
    trained: Callable[[RunConfig], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(config: RunConfig) -> bytes:
        raise ValueError("the files are gone")

    monkeypatch.setattr(worker, "bytes_for_display", fail)
    assert worker._scored(trained(CONFIG)) == (None, None)


def test_other_results_version_is_refused_before_training() -> None:
    with pytest.raises(
        ValueError, match=r"runs another version of annlab .*\. Update annlab .* try again"
    ):
        train_run(CONFIG.model_dump(mode="json"), "key", RESULTS_VERSION + 1)


def test_worker_threads_do_not_share_warning_filters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("annlab.jobs.worker.gc.freeze", lambda: None)
    monkeypatch.setattr("annlab.training.train", lambda config: None)
    with warnings.catch_warnings():
        worker.dask_setup(None)
        # One thread reads data and one trains, each with its own warning filter.
        reads, trains = warnings.catch_warnings(), warnings.catch_warnings()
        reads.__enter__()
        warnings.filterwarnings("ignore", "while data are read")
        trains.__enter__()
        warnings.filterwarnings("ignore", "while a run is trained")
        reads.__exit__()  # removes the filter of the other thread, too
        warnings.warn("while a run is trained", stacklevel=1)
        trains.__exit__()
