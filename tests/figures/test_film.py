"""Films: packed arrays come back, and frames agree with the Plotly figures."""

import base64
import zlib

import numpy as np
import plotly.colors
import pytest

from annlab.analysis.surfaces import plane_through
from annlab.figures.base.theme import PROBABILITY_SCALE
from annlab.figures.class_regions import class_regions, region_codes, region_scale
from annlab.figures.confusion import confusion_matrix
from annlab.figures.decision_surface import SurfacePoints, decision_surface
from annlab.figures.film import cells_film, color_table, curve_film, pack, plane_film, scatter_film

X = np.array([[0.0, 0.0], [1.0, 2.0], [-1.0, 1.0]], np.float32)
PLANE = plane_through(X, resolution=20)


def unpack(packed):
    raw = zlib.decompress(base64.b64decode(packed["data"]))
    return np.frombuffer(raw, np.dtype(packed["type"]).newbyteorder("<")).reshape(packed["shape"])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_a_packed_array_comes_back(dtype):
    array = np.arange(24).reshape(2, 3, 4).astype(dtype)
    np.testing.assert_array_equal(unpack(pack(array)), array)
    np.testing.assert_array_equal(unpack(pack(array.T)), array.T)


def test_other_types_are_refused():
    with pytest.raises(TypeError, match="float64"):
        pack(np.zeros(3))


def ramp(share):
    """Probability that rises along x, and is 0.5 at a share of the plane."""
    at = np.linspace(0, 1, 20) - share
    return np.tile(1 / (1 + np.exp(-8 * at)), (20, 1))[..., None]


def test_frames_of_a_plane_have_the_shades_and_the_boundary_of_the_picture():
    surfaces = [ramp(0.3), ramp(0.7)]
    y = np.array([0, 1, 0])
    wrong = np.array([[True, False, False], [False, False, True]])
    film = plane_film(PLANE, surfaces, X, y, wrong, ("a", "b"))
    assert film["kind"] == "plane"
    assert film["n_frames"] == 2
    lines, ends = unpack(film["lines"]), film["line_ends"]
    for k, share in enumerate((0.3, 0.7)):
        points = SurfacePoints(X, y, wrong[k])
        picture = decision_surface(PLANE, surfaces[k], points, ("x1", "x2"), ("a", "b"))
        np.testing.assert_array_equal(unpack(film["shades"])[k], picture.data[0].z)
        # The boundary is a vertical line where the probability is one half.
        np.testing.assert_allclose(lines[ends[k] : ends[k + 1], 0] / 65_535, share, atol=0.01)
        assert len(lines[ends[k] : ends[k + 1]]) == 19
    np.testing.assert_array_equal(unpack(film["points"]), X)
    np.testing.assert_array_equal(unpack(film["wrong"]), wrong)


def test_frames_of_several_classes_have_the_codes_of_the_picture():
    rng = np.random.default_rng(0)
    surface = rng.dirichlet(np.ones(3), size=(20, 20))
    points = SurfacePoints(X, np.arange(3), np.zeros(3, bool))
    film = plane_film(PLANE, [surface], X, points.y, points.wrong[None], ("a", "b", "c"))
    picture = class_regions(PLANE, surface, points, ("x1", "x2"), ("a", "b", "c"))
    np.testing.assert_array_equal(unpack(film["shades"])[0], picture.data[0].z)
    assert len(film["shade_colors"]) == picture.data[0].zmax + 1
    # Each boundary of the picture has a start, an end and a gap.
    assert len(unpack(film["lines"])) == len(picture.data[2].x) // 3


@pytest.mark.parametrize(
    ("scale", "n"), [(PROBABILITY_SCALE, 101), (region_scale(3), 255), (region_scale(10), 250)]
)
def test_color_table_agrees_with_plotly(scale, n):
    table = np.array(color_table(scale, n))
    shares = [share for share, _ in scale]
    rgb = [f"rgb{text[4:].rsplit(',', 1)[0]})" for _, text in scale]
    stops = [list(stop) for stop in zip(shares, rgb, strict=True)]
    expected = plotly.colors.sample_colorscale(stops, np.linspace(0, 1, n))
    found = [plotly.colors.unlabel_rgb(text) for text in expected]
    np.testing.assert_allclose(table[:, :3], found, atol=1)
    assert table[:, 3].min() >= 0
    assert table[:, 3].max() <= 255


def test_a_class_has_codes_of_its_own():
    for k in range(3):
        surface = np.full((2, 2, 3), 0.05)
        surface[..., k] = 0.9
        assert (region_codes(surface) // 85 == k).all()


@pytest.mark.parametrize("n_classes", [3, 5])
def test_frames_of_cells_have_the_shares_of_the_picture(n_classes):
    counts = np.random.default_rng(0).integers(0, 70_000, (2, n_classes, n_classes))
    counts[1, 0] = 0  # a class without samples
    film = cells_film(counts, "#112233")
    np.testing.assert_array_equal(unpack(film["counts"]), counts)
    names = tuple("abcde"[:n_classes])
    for k in range(2):
        picture = confusion_matrix(counts[k], names, "#112233").data[0]
        np.testing.assert_array_equal(unpack(film["shares"])[k], picture.z)
        if film["texts"]:
            lines = [text.split("<br>")[1] for text in np.ravel(picture.text)]
            assert film["texts"][k] == lines
    assert bool(film["texts"]) is ("%" in str(picture.text[0][0]))
    for opacity, (_, color) in zip(film["opacity"], picture.colorscale, strict=True):
        assert color.endswith(f", {opacity})")


def test_frames_of_a_curve_are_its_values():
    x = np.linspace(0, 1, 5)
    lines = np.stack([x, x**2])
    bands = np.stack([lines - 0.1, lines + 0.1], axis=1)
    film = curve_film(x, lines, bands, (0.0, 1.0), [(x, x)], "#112233", truth=x)
    low, high = film["y_span"]
    curves = low + (high - low) * unpack(film["curves"]) / 65_535
    np.testing.assert_allclose(curves[:, 0], lines, atol=1e-4)
    np.testing.assert_allclose(curves[:, 1:], bands, atol=1e-4)
    assert curve_film(x, lines, None, (0, 1), [], "#112233")["truth"] is None


def test_values_far_beyond_the_axis_and_no_numbers_are_cut_off():
    predicted = np.array([[1e30, -1e30, np.nan, np.inf, 0.5]])
    film = scatter_film(np.zeros(5), predicted, (0.0, 1.0), "#112233")
    low, high = film["y_span"]
    found = low + (high - low) * unpack(film["predicted"])[0] / 65_535
    np.testing.assert_allclose(found, [high, low, high, high, 0.5], atol=1e-4)
