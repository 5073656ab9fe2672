"""Charts that only pages need."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from annlab import DatasetConfig, Run, RunConfig, TrainingConfig
from annlab.datasets import load_run_dataset
from annlab.ui.results import cached_figures


def test_a_run_that_does_not_say_how_it_was_scaled_is_drawn_alike(
    trained: Callable[[RunConfig], Run],
) -> None:
    run = trained(
        RunConfig(
            dataset=DatasetConfig(
                name="function_1d",
                n_samples=60,
                test_fraction=0.25,
                scaling="standard",
                resample="split",
            ),
            training=TrainingConfig(max_epochs=2, n_seeds=3),
        )
    )
    whole = load_run_dataset(run.config)
    x = np.linspace(-2, 2, 5, dtype=np.float32)
    lines = [
        cached_figures._each_in_its_scale(one, run.layers(), whole, 1, x)
        for one in (run, replace(run, preprocessing=None))
    ]
    assert run.preprocessing is not None
    np.testing.assert_allclose(*lines)
