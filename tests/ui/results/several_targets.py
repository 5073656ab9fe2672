"""Views of runs with several targets or labels, for panels that are alone on a page."""

from collections.abc import Callable, Sequence
from typing import Any

from annlab import Run, RunConfig, evaluate
from annlab.datasets import load_run_dataset
from annlab.ui.results.view import ResultsView


def view_of(
    trained: Callable[[RunConfig], Run], configs: Sequence[RunConfig], split: Any = "test"
) -> Any:
    """View of the last epoch of runs on the same data."""
    runs = [trained(config) for config in configs]
    dataset = load_run_dataset(configs[0])
    return ResultsView(
        runs=runs,
        dataset=dataset,
        split=split,
        epoch=runs[0].n_epochs,
        epochs=[run.n_epochs for run in runs],
        network=0,
        axes=(0, 1),
        evaluations=[evaluate(run, split=split, dataset=dataset) for run in runs],
    )
