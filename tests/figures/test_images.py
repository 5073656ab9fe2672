"""Image grids, weight images and class probabilities."""

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab.figures import ThemeName, image_grid, in_unit_range, probability_bars, weight_images
from annlab.figures.base.theme import CLASS_COLORS, MISTAKE_COLOR, NEGATIVE, POSITIVE, THEMES

RANDOM = np.random.default_rng(0)


def _tiles(figure: go.Figure, h: int, w: int) -> list[np.ndarray]:
    """The values of each image in [0, 1], found by its title."""
    (heatmap,) = figure.data
    assert heatmap.z.dtype == np.uint8
    found = []
    for title in (a for a in figure.layout.annotations if a.yref != "paper"):
        top, left = int(title.y + 0.5), int(title.x - (w - 1) / 2)
        found.append((heatmap.z[top : top + h, left : left + w].astype(float) - 1) / 254)
    return found


@pytest.mark.parametrize(("n", "n_columns"), [(1, 1), (1, 8), (5, 8), (8, 8), (20, 6)])
@pytest.mark.parametrize("shape", [(8, 8), (28, 28), (3, 5)])
def test_every_image_is_there(n: int, n_columns: int, shape: tuple[int, int]) -> None:
    images = RANDOM.random((n, *shape))
    figure = image_grid(images, [str(i) for i in range(n)], n_columns=n_columns)
    tiles = _tiles(figure, *shape)
    assert len(tiles) == n
    for image, tile in zip(images, tiles, strict=True):
        np.testing.assert_allclose(tile, image, atol=0.5 / 254 + 1e-9)
    (heatmap,) = figure.data
    # Gaps between images have the code 0, which no pixel value uses.
    assert (heatmap.z > 0).sum() == images.size
    assert heatmap.z.shape[1] == min(n, n_columns) * (shape[1] + 1) - 1
    assert (heatmap.zmin, heatmap.zmax) == (0, 255)
    assert heatmap.colorscale[0] == (0, "rgba(0, 0, 0, 0)")


def test_black_is_zero_and_white_is_one() -> None:
    (heatmap,) = image_grid(np.array([[[0.0, 1.0]]]), ["a"]).data
    assert heatmap.z[-1].tolist() == [1, 255]
    assert heatmap.colorscale[1:] == ((1 / 255, "#000000"), (1.0, "#ffffff"))


def test_values_out_of_range_are_clipped() -> None:
    (heatmap,) = image_grid(np.array([[[-0.5, 1.5]]]), ["a"]).data
    assert heatmap.z[-1].tolist() == [1, 255]


def test_titles_are_above_images_and_wrap() -> None:
    titles = ["7", "T-shirt/top → Ankle boot", "", *"34567"]
    figure = image_grid(np.zeros((8, 28, 28)), titles)
    texts = [a.text for a in figure.layout.annotations]
    assert (texts[0], texts[2:]) == (titles[0], titles[2:])
    assert texts[1].replace("<br>", "").replace(" ", "") == titles[1].replace(" ", "")
    wide = image_grid(np.zeros((8, 28, 28)), titles, n_columns=2).layout.annotations[1].text
    assert wide.count("<br>") < texts[1].count("<br>")


@pytest.mark.parametrize("n_columns", [1, 3, 8])
def test_titles_fit_between_rows_on_a_narrow_page(n_columns: int) -> None:
    titles = ["Pullover → Ankle boot"] * (2 * n_columns)
    figure = image_grid(np.zeros((2 * n_columns, 28, 28)), titles, n_columns=n_columns)
    first, last = figure.layout.annotations[0], figure.layout.annotations[-1]
    per_pixel = min(64, 326 / n_columns) / 28
    free = (last.y - (first.y + 28)) * per_pixel
    assert free >= 12 * len(first.text.split("<br>"))


def test_without_titles_one_pixel_is_between_the_rows() -> None:
    figure = image_grid(np.zeros((4, 8, 8)), [""] * 4, n_columns=2)
    assert figure.data[0].z.shape == (18, 17)


def test_marked_images_have_the_color_of_mistakes(theme: ThemeName) -> None:
    marks = np.array([False, True, False])
    figure = image_grid(np.zeros((3, 4, 4)), ["a", "b", "c"], marks=marks, theme=theme)
    ink = THEMES[theme].ink
    assert [a.font.color for a in figure.layout.annotations] == [ink, MISTAKE_COLOR, ink]
    (frame,) = figure.layout.shapes
    assert frame.line.color == MISTAKE_COLOR
    assert (frame.x0, frame.x1) == (4.5, 8.5)
    assert frame.y1 - frame.y0 == 4
    assert frame.y0 == figure.layout.annotations[1].y


@pytest.mark.parametrize("marks", [None, np.zeros(3, bool)])
def test_no_marks_draws_no_frames(marks: np.ndarray | None) -> None:
    assert image_grid(np.zeros((3, 4, 4)), ["a"] * 3, marks=marks).layout.shapes == ()


def test_pixels_are_scaled_to_the_unit_range() -> None:
    images = np.array([[[0.0, 8.0]], [[-1.0, 16.0]]])
    np.testing.assert_array_equal(in_unit_range(images), [[[0, 0.5]], [[0, 1]]])
    np.testing.assert_array_equal(in_unit_range(np.zeros((1, 2, 2))), np.zeros((1, 2, 2)))


def test_height_grows_with_rows_and_pixels_are_square() -> None:
    heights = [image_grid(np.zeros((n, 8, 8)), ["a"] * n).layout.height for n in (8, 16, 32)]
    assert heights == sorted(set(heights))
    layout = image_grid(np.zeros((8, 8, 8)), ["a"] * 8).layout
    assert layout.yaxis.scaleanchor == "x"
    assert not layout.xaxis.visible
    assert not layout.yaxis.visible


def test_images_serialize_to_json() -> None:
    for images in (RANDOM.random((32, 28, 28)), np.ones((32, 28, 28))):
        assert len(image_grid(images, ["3 → 5"] * 32).to_json()) < 130_000


@pytest.mark.parametrize("n_units", [1, 7, 32, 100])
def test_weights_become_images_around_zero(n_units: int) -> None:
    weights = RANDOM.normal(size=(12, n_units)).astype(np.float32)
    figure = weight_images(weights, (3, 4))
    shown = min(n_units, 32)
    largest = np.abs(weights[:, :shown]).max()
    tiles = _tiles(figure, 3, 4)
    assert len(tiles) == shown
    for k, tile in enumerate(tiles):
        np.testing.assert_allclose(
            (2 * tile - 1) * largest, weights[:, k].reshape(3, 4), atol=largest / 254
        )
    bar = figure.data[0].colorbar
    assert list(bar.tickvals) == [1, 128, 255]
    assert list(bar.ticktext) == [f"−{largest:.2g}", "0", f"{largest:.2g}"]
    # The title is at the top of the figure.
    assert (bar.yref, bar.y, bar.yanchor) == ("container", 1, "top")
    notes = [a.text for a in figure.layout.annotations if a.yref == "paper"]
    assert notes == (["first 32<br>of 100 units"] if n_units > 32 else [])


def test_units_that_are_classes_have_their_names() -> None:
    weights = RANDOM.normal(size=(12, 40)).astype(np.float32)
    for names in ([], [f"class {k}" for k in range(40)]):
        figure = weight_images(weights, (3, 4), names=names)
        texts = [a.text.replace("<br>", " ") for a in figure.layout.annotations]
        assert texts[:32] == (names[:32] or [str(k + 1) for k in range(32)])


def test_weights_of_zero_have_the_color_of_the_page(theme: ThemeName) -> None:
    figure = weight_images(np.zeros((4, 2)), (2, 2), theme=theme)
    (heatmap,) = figure.data
    assert set(heatmap.z[heatmap.z > 0].tolist()) <= {128}
    colors = [color for _, color in heatmap.colorscale]
    assert colors == ["rgba(0, 0, 0, 0)", NEGATIVE, THEMES[theme].paper, POSITIVE]
    assert heatmap.colorscale[2][0] == pytest.approx(128 / 255)


@pytest.mark.parametrize("true", [None, 0, 2])
def test_bars_are_probabilities_and_mark_the_true_class(true: int | None) -> None:
    p = np.array([0.7, 0.05, 0.25], np.float32)
    figure = probability_bars(p, ("ant", "bee", "cat"), true)
    (bars,) = figure.data
    np.testing.assert_array_equal(bars.x, p)
    assert list(bars.y) == ["ant", "bee", "cat"]
    assert list(bars.marker.color) == list(CLASS_COLORS[:3])
    assert [text.split()[0] for text in bars.text] == ["70.0%", "5.0%", "25.0%"]
    assert ["true" in text for text in bars.text] == [k == true for k in range(3)]
    assert figure.layout.yaxis.autorange == "reversed"


def test_digit_names_are_categories(theme: ThemeName) -> None:
    figure = probability_bars(np.full(10, 0.1), tuple("0123456789"), 3, theme=theme)
    assert figure.layout.yaxis.type == "category"
    assert list(figure.data[0].marker.color) == list(CLASS_COLORS)
    assert figure.layout.xaxis.title.text == "probability"
    assert figure.layout.font.color == THEMES[theme].ink
