"""The epochs that the gradients are said to be of."""

from typing import Any

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig, train
from annlab.ui.results.panels.gradients import _when
from annlab.ui.results.view import ResultsView


def _run(n_epochs: int) -> Run:
    return train(
        RunConfig(
            dataset=DatasetConfig(n_samples=40),
            model=ModelConfig(hidden_sizes=(3,)),
            training=TrainingConfig(max_epochs=n_epochs, n_seeds=3, record_gradients=True),
        )
    )


def test_the_epochs_are_those_that_there_are() -> None:
    short, long = _run(4), _run(12)

    def when(runs: list[Run], early: bool) -> str:
        view: Any = ResultsView(runs, None, "train", 12, [4, 12], 0, (0, 1), [])  # type: ignore[arg-type]
        return _when(view, early)

    assert when([short], early=True) == "mean over epochs 0 to 4"
    assert when([short, long], early=True) == "mean over epochs 0 to 4 (A) and 10 (B)"
    assert when([long], early=True) == "mean over epochs 0 to 10"
    assert when([short, long], early=False) == "after epoch 4 (A) and 12 (B)"
