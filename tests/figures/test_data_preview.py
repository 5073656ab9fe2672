"""Thumbnails of data sets."""

import pytest

from annlab import DatasetConfig, load_dataset
from annlab.figures import data_preview
from annlab.figures.data_preview import PREVIEW_IMAGES, PREVIEW_POINTS


@pytest.mark.parametrize("name", ["moons", "function_1d", "plane_curve", "labels"])
@pytest.mark.parametrize("n", [PREVIEW_POINTS, PREVIEW_POINTS + 1])
def test_preview_has_a_subsample_note_below(name: str, n: int) -> None:
    config = DatasetConfig(name=name, n_samples=n)
    figure = data_preview(config, load_dataset(config))
    assert figure is not None
    # In the legend are traces without samples; a sample with labels also has marks for them.
    traces = [trace for trace in figure.data if trace.x[0] is not None]
    drawn = traces[:1] if name == "labels" else traces
    assert sum(len(trace.x) for trace in drawn) == PREVIEW_POINTS
    notes, below = figure.layout.annotations, figure.layout.margin.b
    if n == PREVIEW_POINTS:
        assert (len(notes), below) == (0, 0)
    else:
        assert [note.text for note in notes] == ["300 of 301 samples"]
        assert notes[0].yshift == -1 - below < -15


def test_image_preview_has_class_names_above_images() -> None:
    config = DatasetConfig(name="digits", scaling="none")
    figure = data_preview(config, load_dataset(config), theme="dark")
    assert figure is not None
    assert len(figure.layout.annotations) == PREVIEW_IMAGES
    assert {note.yshift for note in figure.layout.annotations} == {None}
    assert figure.layout.margin.b == 0


def test_many_columns_have_no_preview() -> None:
    config = DatasetConfig(name="linnerud")
    assert data_preview(config, load_dataset(config)) is None


def test_marks_of_labels_stay_inside_each_other() -> None:
    config = DatasetConfig(name="labels")
    figure = data_preview(config, load_dataset(config))
    assert figure is not None
    sizes = [trace.marker.size for trace in figure.data]
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize("name", ["moons", "function_1d", "digits", "plane_curve", "labels"])
def test_all_previews_are_thumbnails_of_one_height(name: str) -> None:
    config = DatasetConfig(name=name)
    figure = data_preview(config, load_dataset(config))
    assert figure is not None
    layout = figure.layout
    assert layout.height == 150
    assert not layout.xaxis.visible
    assert not layout.yaxis.visible
