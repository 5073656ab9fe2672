"""Charts that only pages need."""

from collections.abc import Callable
from dataclasses import replace
from inspect import unwrap

import numpy as np
import pytest

from annlab import DatasetConfig, Run, RunConfig, TrainingConfig, load_dataset
from annlab.datasets import load_run_dataset
from annlab.ui.results import cached_figures
from annlab.ui.results.cached_figures import PREVIEW_POINTS


@pytest.mark.parametrize("name", ["moons", "function_1d"])
@pytest.mark.parametrize("n", [PREVIEW_POINTS, PREVIEW_POINTS + 1])
def test_a_preview_says_below_its_points_that_they_are_not_all(name: str, n: int) -> None:
    config = DatasetConfig(name=name, n_samples=n)
    figure = unwrap(cached_figures.preview)(config.digest, "light", config, load_dataset(config))
    assert sum(len(trace.x) for trace in figure.data) == PREVIEW_POINTS
    notes, below = figure.layout.annotations, figure.layout.margin.b
    if n == PREVIEW_POINTS:
        assert (len(notes), below) == (0, 0)
    else:
        assert [note.text for note in notes] == ["300 of 301 samples"]
        assert notes[0].yshift == -1 - below < -15


def test_a_preview_of_pictures_keeps_their_names_above_them() -> None:
    config = DatasetConfig(name="digits", scaling="none")
    figure = unwrap(cached_figures.preview)(config.digest, "dark", config, load_dataset(config))
    assert len(figure.layout.annotations) == 6
    assert {note.yshift for note in figure.layout.annotations} == {None}
    assert figure.layout.margin.b == 0


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
    scaled, plain = (
        cached_figures._each_in_its_scale(one, run.layers(), whole, 1, x)
        for one in (run, replace(run, preprocessing=None))
    )
    assert run.preprocessing is not None
    np.testing.assert_allclose(scaled, plain)


@pytest.mark.parametrize(
    ("columns", "test", "parts"),
    [
        (["train_loss", "test_loss"], None, ("train", "val", "test")),
        (["train_loss", "val_loss", "test_loss"], None, ("train", "val")),
        (["train_loss", "val_loss", "test_loss"], True, ("train", "val", "test")),
        (["train_loss", "test_loss"], False, ("train", "val")),
    ],
)
def test_the_test_curve_is_drawn_where_asked_or_where_nothing_else_is_held_out(
    columns: list[str], test: bool | None, parts: tuple[str, ...]
) -> None:
    assert cached_figures.curve_parts(columns, test) == parts
