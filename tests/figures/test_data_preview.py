"""Thumbnails of data sets."""

import pytest

from annlab import DatasetConfig, load_dataset
from annlab.figures import data_preview
from annlab.figures.data_preview import PREVIEW_IMAGES, PREVIEW_POINTS


@pytest.mark.parametrize("name", ["moons", "function_1d"])
@pytest.mark.parametrize("n", [PREVIEW_POINTS, PREVIEW_POINTS + 1])
def test_preview_has_a_subsample_note_below(name: str, n: int) -> None:
    config = DatasetConfig(name=name, n_samples=n)
    figure = data_preview(config, load_dataset(config))
    assert sum(len(trace.x) for trace in figure.data) == PREVIEW_POINTS
    notes, below = figure.layout.annotations, figure.layout.margin.b
    if n == PREVIEW_POINTS:
        assert (len(notes), below) == (0, 0)
    else:
        assert [note.text for note in notes] == ["300 of 301 samples"]
        assert notes[0].yshift == -1 - below < -15


def test_image_preview_has_class_names_above_images() -> None:
    config = DatasetConfig(name="digits", scaling="none")
    figure = data_preview(config, load_dataset(config), theme="dark")
    assert len(figure.layout.annotations) == PREVIEW_IMAGES
    assert {note.yshift for note in figure.layout.annotations} == {None}
    assert figure.layout.margin.b == 0


@pytest.mark.parametrize("name", ["moons", "function_1d", "digits"])
def test_all_previews_are_thumbnails_of_one_height(name: str) -> None:
    config = DatasetConfig(name=name)
    layout = data_preview(config, load_dataset(config)).layout
    assert layout.height == 150
    assert not layout.xaxis.visible
    assert not layout.yaxis.visible
