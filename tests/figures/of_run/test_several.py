"""Pictures of several targets show what a forward pass in NumPy predicts, also in the film."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import multilabel_confusion_matrix

from annlab import (
    Dataset,
    DatasetConfig,
    Run,
    RunConfig,
    TrainingConfig,
    evaluate,
    load_dataset,
    train,
)
from annlab.datasets import load_run_dataset
from annlab.figures import MODEL_COLORS, of_run
from annlab.figures.base.theme import CLASS_COLORS
from annlab.figures.of_run.live import LIVE_RESOLUTION
from tests.figures.of_run.test_film import unpack

Array = NDArray[Any]


def by_hand(run: Run, network: int, X: Array, epoch: Any = "last") -> Array:
    """Outputs of one network with tanh layers, before the output's activation."""
    *hidden, (W, b) = [(W[network], b[network]) for W, b in run.layers(epoch)]
    for W_hidden, b_hidden in hidden:
        X = np.tanh(X @ W_hidden + b_hidden)
    return X @ W + b


def trace(figure: Any, name: str) -> Any:
    (found,) = (found for found in figure.data if found.name == name)
    return found


@pytest.mark.parametrize("network", [0, 3])
@pytest.mark.parametrize("epoch", [0, "last"])
def test_the_curve_is_what_the_network_predicts(eight_run: Run, network: int, epoch: Any) -> None:
    figure = of_run.plane_curve(eight_run, network=network, epoch=epoch, model=1)
    curve = trace(figure, "B")
    t = np.asarray(curve.customdata)
    expected = by_hand(eight_run, network, t[:, None], epoch)
    np.testing.assert_allclose(np.stack([curve.x, curve.y], axis=1), expected, atol=1e-5)
    assert curve.line.color == MODEL_COLORS[1]
    # From the first to the last sample.
    data = load_run_dataset(eight_run.config)
    X, _ = data.split("all")
    np.testing.assert_allclose([t[0], t[-1]], [X.min(), X.max()], rtol=1e-6)
    ticks = trace(figure, "t = −3 to 3")
    at = by_hand(eight_run, network, np.arange(-3.0, 4.0)[:, None], epoch)
    np.testing.assert_allclose(np.stack([ticks.x, ticks.y], axis=1), at, atol=1e-5)
    assert {text for text in ticks.text if text} <= {f"<b>{n}</b>" for n in "0123"} | {
        f"<b>−{n}</b>" for n in "123"
    }


def test_thin_lines_are_the_other_networks(eight_run: Run) -> None:
    figure = of_run.plane_curve(eight_run, network=1)
    t = np.asarray(trace(figure, "A").customdata)
    others = trace(figure, "3 other networks")
    lines = np.stack([others.x, others.y], axis=1).reshape(3, len(t) + 1, 2)
    assert np.isnan(lines[:, -1]).all()
    for line, network in zip(lines, (0, 2, 3), strict=True):
        np.testing.assert_allclose(line[:-1], by_hand(eight_run, network, t[:, None]), atol=1e-5)


def test_samples_and_the_true_curve_lie_below_the_curve(eight_run: Run) -> None:
    figure = of_run.plane_curve(eight_run)
    data = load_run_dataset(eight_run.config)
    training, held_out = (found for found in figure.data if found.marker.colorscale)
    for found, X, y in (
        (training, data.X_train, data.y_train),
        (held_out, data.X_test, data.y_test),
    ):
        np.testing.assert_allclose(np.stack([found.x, found.y], axis=1), y, rtol=1e-6)
        np.testing.assert_array_equal(found.marker.color, X[:, 0])
    assert (training.marker.symbol, held_out.marker.symbol) == ("circle", "circle-open")
    truth = trace(figure, "truth")
    t = np.asarray(trace(figure, "A").customdata, float)
    np.testing.assert_allclose(truth.x, np.sin(t), atol=1e-6)
    np.testing.assert_allclose(truth.y, np.sin(2 * t), atol=1e-6)
    clean = load_dataset(eight_run.config.dataset.model_copy(update={"noise": 0.0}))
    truth_of = eight_run.config.dataset.spec.truth
    assert truth_of
    np.testing.assert_allclose(truth_of(clean.X_train), clean.y_train, atol=1e-6)


def test_scaled_features_have_no_true_curve(own_eight_run: Run) -> None:
    figure = of_run.plane_curve(own_eight_run, network=2)
    assert "truth" not in {found.name for found in figure.data}
    curve, scales = trace(figure, "A"), own_eight_run.preprocessing
    assert scales
    # Scaled like network 2: the shown network sees its own features.
    found = by_relu(own_eight_run, 2, np.asarray(curve.customdata)[:, None])
    expected = found * scales.target_scale[2] + scales.target_mean[2]
    np.testing.assert_allclose(np.stack([curve.x, curve.y], axis=1), expected, atol=1e-5)


def by_relu(run: Run, network: int, X: Array) -> Array:
    *hidden, (W, b) = [(W[network], b[network]) for W, b in run.layers()]
    for W_hidden, b_hidden in hidden:
        X = np.maximum(X @ W_hidden + b_hidden, 0)
    return X @ W + b


def test_frames_of_the_film_are_the_curves(eight_run: Run) -> None:
    epochs = [0, int(eight_run.checkpoints.epochs[-1])]
    film = of_run.film(eight_run, epochs=epochs, network=1, model=2)
    assert (film["kind"], film["n_frames"], film["color"]) == ("plane_curve", 2, MODEL_COLORS[2])
    curves = unpack(film["curves"])
    for k, epoch in enumerate(epochs):
        at_rest = of_run.plane_curve(eight_run, network=1, epoch=epoch)
        curve = trace(at_rest, "A")
        for axis, expected in enumerate((curve.x, curve.y)):
            low, high = film["spans"][axis]
            found = low + (high - low) * curves[k, 0, :, axis] / 65_535
            np.testing.assert_allclose(found, expected, atol=(high - low) / 65_535)
    assert [text for _, text in film["ticks"]] == ["−3", "−2", "−1", "0", "1", "2", "3"]
    data = load_run_dataset(eight_run.config)
    np.testing.assert_array_equal(unpack(film["samples"][0]), data.y_train)
    np.testing.assert_allclose(
        unpack(film["truth"]),
        np.stack([trace(at_rest, "truth").x, trace(at_rest, "truth").y], axis=1),
    )


def test_a_panel_for_each_target_in_its_own_unit(targets_run: Run) -> None:
    scores = evaluate(targets_run, split="test")
    figure = of_run.target_scatters(targets_run, network=2, split="test")
    samples = [found for found in figure.data if found.mode == "markers"]
    assert [found.xaxis for found in samples] == ["x", "x2", "x3"]
    data = load_run_dataset(targets_run.config)
    for k, found in enumerate(samples):
        np.testing.assert_allclose(found.x, data.y_test[:, k], rtol=1e-6)
        error = np.asarray(found.y, float) - np.asarray(found.x, float)
        assert (error**2).mean() == pytest.approx(scores.mse_of_targets[2, k], rel=1e-4)
    limits = [figure.layout[f"xaxis{n}"].range for n in ("", 2, 3)]
    assert len(set(limits)) == 3
    for n, (low, high) in zip(("", 2, 3), limits, strict=True):
        assert figure.layout[f"yaxis{n}"].range == (low, high)
    texts = [note.text for note in figure.layout.annotations]
    assert texts == ["weight (lb)", "waist (in)", "pulse<br>(per minute)"]


def test_frames_of_panels_are_predictions(targets_run: Run) -> None:
    film = of_run.film(targets_run, epochs=[0, 6], network=0, split="test")
    assert film["axes"] == ["xy", "x2y2", "x3y3"]
    for k, epoch in enumerate((0, 6)):
        figure = of_run.target_scatters(targets_run, network=0, epoch=epoch, split="test")
        samples = [found for found in figure.data if found.mode == "markers"]
        for panel, found in zip(film["panels"], samples, strict=True):
            low, high = panel["y_span"]
            predicted = low + (high - low) * unpack(panel["predicted"])[k] / 65_535
            np.testing.assert_allclose(predicted, found.y, atol=(high - low) / 65_535)


def test_surfaces_are_the_probabilities_of_each_label(three_labels_run: Run) -> None:
    figure = of_run.label_surfaces(three_labels_run, network=1, split="test")
    shades = [found for found in figure.data if found.type == "heatmap"][:3]
    grid = np.stack(np.meshgrid(shades[0].x, shades[0].y), axis=-1).reshape(-1, 2)
    expected = 100 / (1 + np.exp(-by_hand(three_labels_run, 1, grid)))
    for k, found in enumerate(shades):
        np.testing.assert_allclose(np.ravel(found.z), expected[:, k], atol=0.51)
    lines = [found for found in figure.data if found.type == "contour"]
    assert [found.line.color for found in lines] == list(CLASS_COLORS[:3])
    assert len({found.line.dash for found in lines}) == 3


def test_a_sample_has_a_mark_for_each_of_its_labels(three_labels_run: Run) -> None:
    figure = of_run.label_surfaces(three_labels_run, network=1, split="test")
    data = load_run_dataset(three_labels_run.config)
    for k in range(3):
        marks = trace(figure, f"label {k + 1}")
        np.testing.assert_array_equal(
            np.stack([marks.x, marks.y], axis=1), data.X_test[data.y_test[:, k] == 1]
        )
    predicted = by_hand(three_labels_run, 1, data.X_test) >= 0
    wrong = (predicted != data.y_test).any(axis=1)
    rings = trace(figure, "a label is wrong")
    np.testing.assert_array_equal(rings.x, data.X_test[wrong, 0])
    symbols = {trace(figure, f"label {k}").marker.symbol for k in (1, 2, 3)}
    assert len(symbols) == 3
    scores = evaluate(three_labels_run, split="test")
    assert 1 - len(rings.x) / len(data.X_test) == pytest.approx(scores.subset_accuracy[1])


def test_frames_of_labels_are_the_surfaces(three_labels_run: Run) -> None:
    film = of_run.film(three_labels_run, epochs=[0, 10], network=1, split="test")
    shades, wrong = unpack(film["shades"]), unpack(film["wrong"])
    data = load_run_dataset(three_labels_run.config)
    np.testing.assert_array_equal(unpack(film["labels"]), data.y_test)
    corners = np.ix_([0, -1], [0, -1])
    for k, epoch in enumerate((0, 10)):
        figure = of_run.label_surfaces(three_labels_run, network=1, epoch=epoch, split="test")
        at_rest = [found for found in figure.data if found.type == "heatmap"]
        for label in range(3):
            expected = np.asarray(at_rest[label].z)[corners]
            np.testing.assert_array_equal(shades[k, label][corners], expected)
        rings = trace(figure, "a label is wrong")
        np.testing.assert_array_equal(data.X_test[wrong[k].astype(bool), 0], rings.x)
    # Every line of the last frame lies where its label is as probable as not.
    ends, x, y = film["line_ends"], film["x"], film["y"]
    for label in range(3):
        some = unpack(film["lines"])[ends[3 + label] : ends[4 + label]].reshape(-1, 2) / 65_535
        at = np.array([x[0], y[0]]) + some * [x[1] - x[0], y[1] - y[0]]
        np.testing.assert_allclose(by_hand(three_labels_run, 1, at)[:, label], 0, atol=0.05)


def test_counts_of_each_label_are_those_of_scikit_learn(three_labels_run: Run) -> None:
    figure = of_run.label_counts(three_labels_run, network=1, split="test")
    data = load_run_dataset(three_labels_run.config)
    predicted = (by_hand(three_labels_run, 1, data.X_test) >= 0).astype(int)
    expected = multilabel_confusion_matrix(data.y_test, predicted)
    for name, (true, called) in {
        "found": (1, 1),
        "missed": (1, 0),
        "false alarm": (0, 1),
        "rightly without": (0, 0),
    }.items():
        np.testing.assert_array_equal(trace(figure, name).x, expected[:, true, called])


def test_live_pictures_are_those_of_the_weights(
    eight_run: Run, targets_run: Run, three_labels_run: Run
) -> None:
    pictures = []
    for run, draw in (
        (eight_run, of_run.plane_curve),
        (targets_run, of_run.target_scatters),
        (three_labels_run, of_run.label_surfaces),
    ):
        data = load_run_dataset(run.config).of(1)
        live = of_run.live_picture(run.config, [(W[1], b[1]) for W, b in run.layers()], data)
        assert live is not None
        at_rest = draw(run, network=1)
        names = [found.name for found in live.data if found.name]
        assert names == [n for n in (f.name for f in at_rest.data) if n and "networks" not in n]
        pictures.append((live, at_rest))
    (eight, _), (scatters, scatters_at_rest), (surfaces, _) = pictures
    curve = trace(eight, "A")
    expected = by_hand(eight_run, 1, np.asarray(curve.customdata)[:, None])
    np.testing.assert_allclose(np.stack([curve.x, curve.y], axis=1), expected, atol=1e-5)
    for found, other in zip(scatters.data, scatters_at_rest.data, strict=True):
        np.testing.assert_allclose(found.y, other.y, rtol=1e-5)
    shades = [found for found in surfaces.data if found.type == "heatmap"][:3]
    grid = np.stack(np.meshgrid(shades[0].x, shades[0].y), axis=-1).reshape(-1, 2)
    probability = 100 / (1 + np.exp(-by_hand(three_labels_run, 1, grid)))
    for k, found in enumerate(shades):
        assert found.z.shape == (LIVE_RESOLUTION, LIVE_RESOLUTION)
        np.testing.assert_allclose(np.ravel(found.z), probability[:, k], atol=0.51)


def test_the_shape_of_the_data_must_fit(targets_run: Run, three_labels_run: Run) -> None:
    with pytest.raises(ValueError, match="one feature and two targets; this data set has 3 and 3"):
        of_run.plane_curve(targets_run)
    with pytest.raises(ValueError, match="Draw it with label_surfaces or label_counts"):
        of_run.plane_curve(three_labels_run)
    with pytest.raises(ValueError, match="Draw it with plane_curve or target_scatters"):
        of_run.label_surfaces(targets_run)


def test_axes_of_label_surfaces_can_be_swapped(three_labels_run: Run) -> None:
    figure = of_run.label_surfaces(three_labels_run, axes=(1, 0))
    assert figure.layout.xaxis.title.text == "x2 (scaled)"


def test_the_truth_is_known_for_the_figure_eight_alone() -> None:
    assert RunConfig(dataset=DatasetConfig(name="linnerud")).dataset.spec.truth is None


def test_a_feature_with_one_value_has_a_picture() -> None:
    random = np.random.default_rng(0)
    data = Dataset.from_arrays(np.full((30, 1), 2.0), random.normal(size=(30, 2)))
    config = RunConfig(dataset=data.config, training=TrainingConfig(max_epochs=1))
    run = train(config, dataset=data)
    curve = trace(of_run.plane_curve(run, data), "A")
    assert min(curve.customdata) < 2 < max(curve.customdata)
    film = of_run.film(run, data, epochs=[0, 1])
    assert film["ticks"]
