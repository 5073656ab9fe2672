"""The browser's own network computes what `annlab.nn` computes."""

import base64
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page

from annlab.analysis.layer_space import motions, space_values
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.backward import backward
from annlab.nn.class_weights import weighted
from annlab.nn.derived_features import FEATURES, PLAIN, features_of, network_inputs
from annlab.nn.forward import Layers, forward
from annlab.nn.losses import LOSSES
from annlab.nn.tasks import TASKS
from annlab.ui.components.inside import INSIDE_SCRIPT

pytestmark = pytest.mark.browser

Array = NDArray[Any]
random = np.random.default_rng(0)
ELEMENTWISE = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
# Task, output activation and loss, and whether classes have weights; values have no classes.
ENDS = [
    (task.name, output, loss, has_weights)
    for task in TASKS.values()
    for output in task.output_activations
    for loss in task.losses
    for has_weights in ((False, True) if task.draws("confusion") else (False,))
]
CLASSES_OF_TASK = {"binary": 2, "multiclass": 3}
TARGETS_OF_TASK = {"multioutput_regression": 2, "multilabel": 3}
MODULE = "data:text/javascript;base64," + base64.b64encode(INSIDE_SCRIPT.encode()).decode()


@pytest.fixture
def script(new_page: Callable[..., Page]) -> Callable[[str, Any], Any]:
    """Evaluate an expression of the script's functions `m` and an argument `given`."""
    page = new_page()
    page.goto("about:blank")

    def run(expression: str, given: Any = None) -> Any:
        text = f"async ([url, given]) => {{ const m = await import(url); return {expression}; }}"
        return page.evaluate(text, [MODULE, given])

    return run


def a_network(sizes: tuple[int, ...]) -> Layers:
    return [
        (random.normal(size=(n_in, n_out)), random.normal(size=n_out))
        for n_in, n_out in itertools.pairwise(sizes)
    ]


def a_wide_network(sizes: tuple[int, ...]) -> Layers:
    """A network whose output layer receives the inputs too."""
    *hidden, (W, b) = a_network(sizes)
    return [*hidden, (np.concatenate([W, random.normal(size=(sizes[0], sizes[-1]))]), b)]


def described(layers: Layers, X: Array, activation: str, output: str, loss: str = "") -> Any:
    sizes = [layers[0][0].shape[0], *(len(b) for _, b in layers)]
    n_skips = len(layers[-1][0]) - sizes[-2]
    return {
        "model": {
            "sizes": sizes,
            "n_skips": n_skips,
            "activation": activation,
            "output_activation": output,
            "loss": loss,
        },
        "numbers": np.concatenate([p.ravel() for layer in layers for p in layer]).tolist(),
        "X": X.ravel().tolist(),
        "n": len(X),
    }


LAYERS = (
    "const layers = m.layersOf(Float64Array.from(g.numbers), g.model.sizes, 0, g.model.n_skips);"
)
PASS = f"{LAYERS} const passed = m.forward(g.model, layers, Float64Array.from(g.X), g.n);"


def body(code: str, result: str) -> str:
    return f"((g) => {{ {code} return {result}; }})(given)"


def test_every_activation_has_the_same_value_and_slope(script: Any) -> None:
    z = np.linspace(-8, 8, 161) + 0.003  # not on a kink
    for name in ELEMENTWISE:
        f, slope = script(
            f"[0, 1].map((k) => given.map((z) => m.ACTIVATIONS.{name}[k](z)))", z.tolist()
        )
        np.testing.assert_allclose(f, ACTIVATIONS[name].f(z), atol=1e-6, err_msg=name)
        np.testing.assert_allclose(slope, ACTIVATIONS[name].derivative(z), atol=1e-6)
    assert set(script("Object.keys(m.ACTIVATIONS)")) == set(ACTIVATIONS)


@pytest.mark.parametrize("n_features", PLAIN)
def test_derived_features_are_those_of_the_networks(script: Any, n_features: int) -> None:
    names, X = features_of(n_features), random.normal(size=(9, n_features))
    given = {"features": names, "n_features": n_features, "X": X.ravel().tolist()}
    found = script("[...m.networkInputs(given, Float64Array.from(given.X), 9)]", given)
    np.testing.assert_allclose(found, network_inputs(X, names).ravel(), rtol=1e-12)
    plain = script(
        "[...m.networkInputs(given, Float64Array.from(given.X), 9)]", {**given, "features": []}
    )
    np.testing.assert_array_equal(plain, X.ravel())
    assert set(script("Object.keys(m.FEATURES)")) == set(FEATURES)


def test_a_model_with_derived_features_says_what_its_network_says(script: Any) -> None:
    names, layers = ("x1", "x2_squared", "x1_x2"), a_network((3, 4, 1))
    X, targets = random.normal(size=(6, 2)), random.integers(0, 2, (6, 1)).astype(float)
    given = described(layers, X, "tanh", "sigmoid", "binary_cross_entropy")
    given["model"] |= {"features": names, "n_features": 2, "x": [-1, 1], "y": [-2, 2]}
    given["targets"] = targets.ravel().tolist()
    code = """
    const X = Float64Array.from(g.X);
    const weights = Object.assign(Float64Array.from(g.numbers), { shape: [1, g.numbers.length] });
    const samples = { X, n: g.n, targets: Float64Array.from(g.targets) };
    const data = { ...g.model, weights, samples, training: samples, epochs: [0] };
    const model = new m.InsideModel(data);
    model.show(0);
    const of = ({ W, b }) => [[...W], [...b]];
    """
    found = script(
        body(
            code,
            "[[...model.sampled.at(-1).a], model.lossOf(), model.gradients.map(of), "
            "[...model.surface(3).at(-1).a]]",
        ),
        given,
    )
    functions = ("tanh", "sigmoid")
    inputs = network_inputs(X, names)
    np.testing.assert_allclose(found[0], forward(layers, inputs, *functions).output.ravel())
    loss = LOSSES["binary_cross_entropy"]
    passed = forward(layers, inputs, *functions)
    value = loss.value(np, targets, passed.output, passed.logits).mean()
    assert found[1] == pytest.approx(float(value))
    expected = backward(layers, inputs, targets, *functions, loss)
    for layer, (W, b) in zip(expected, found[2], strict=True):
        np.testing.assert_allclose(W, layer.weight_gradient.ravel(), atol=1e-12)
        np.testing.assert_allclose(b, layer.bias_gradient, atol=1e-12)
    x, y = np.meshgrid([-1.0, 0.0, 1.0], [2.0, 0.0, -2.0])  # the upper row first
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    surface = forward(layers, network_inputs(points, names), *functions).output
    np.testing.assert_allclose(found[3], surface.ravel())


@pytest.mark.parametrize("sizes", [(2, 4, 2, 1), (3, 5), (1, 6, 1), (4, 3, 3, 3, 2)])
@pytest.mark.parametrize("activation", ["tanh", "relu", "gelu"])
def test_forward_pass(script: Any, sizes: tuple[int, ...], activation: str) -> None:
    layers, X = a_network(sizes), random.normal(size=(7, sizes[0]))
    output = "sigmoid" if sizes[-1] == 1 else "softmax"
    given = described(layers, X, activation, output)
    found = script(body(PASS, "[...passed.at(-1).a]"), given)
    expected = forward(layers, X, activation, output).output
    np.testing.assert_allclose(found, expected.ravel(), atol=1e-6)


@pytest.mark.parametrize("sizes", [(2, 3, 1), (3, 4, 2, 3)])
def test_a_wide_and_deep_network(script: Any, sizes: tuple[int, ...]) -> None:
    layers, X = a_wide_network(sizes), random.normal(size=(7, sizes[0]))
    several = sizes[-1] > 1
    output, name = ("softmax", "categorical_cross_entropy") if several else ("linear", "mse")
    targets = np.eye(sizes[-1])[random.integers(0, sizes[-1], 7)]
    given = described(layers, X, "tanh", output, name)
    given["targets"] = targets.ravel().tolist()
    code = f"{PASS} const t = Float64Array.from(g.targets);"
    code += "const found = m.backward(g.model, layers, Float64Array.from(g.X), g.n, passed, t);"
    result = "[[...passed.at(-1).a], found.map(({W, b}) => [[...W], [...b]])]"
    outputs, gradients = script(body(code, result), given)
    np.testing.assert_allclose(outputs, forward(layers, X, "tanh", output).output.ravel())
    expected = backward(layers, X, targets, "tanh", output, LOSSES[name])
    for layer, (W, b) in zip(expected, gradients, strict=True):
        np.testing.assert_allclose(W, layer.weight_gradient.ravel(), atol=1e-12)
        np.testing.assert_allclose(b, layer.bias_gradient, atol=1e-12)


def test_positions_before_a_wide_output_layer_have_the_inputs_behind(script: Any) -> None:
    layers, X = a_wide_network((2, 3, 1)), random.normal(size=(5, 2))
    given = described(layers, X, "tanh", "sigmoid", "binary_cross_entropy")
    given["model"] |= {"features": [], "n_features": 2, "inputs": ["x1", "x2"], "outputs": ["P"]}
    code = """
    const X = Float64Array.from(g.X);
    const weights = Object.assign(Float64Array.from(g.numbers), { shape: [1, g.numbers.length] });
    const model = new m.InsideModel({ ...g.model, weights, samples: { X, n: g.n }, epochs: [0] });
    model.show(0);
    const names = [0, 1, 2, 3, 4, 5].map((row) => model.rowName(1, row));
    """
    result = "[names, ...[0, 1, 2].map((k) => [...model.inSpace(k, X, g.n, model.sampled)])]"
    names, *spaces = script(body(code, result), given)
    assert names == ["h1.1", "h1.2", "h1.3", "x1", "x2", "bias"]
    expected = space_values(layers, X, "tanh", "sigmoid")
    for found, values in zip(spaces, expected, strict=True):
        np.testing.assert_allclose(found, values.ravel())


def test_frames_follow_each_other(script: Any) -> None:
    two = [a_network((2, 3, 1)), a_network((2, 3, 1))]
    numbers = [n for layers in two for layer in layers for p in layer for n in p.ravel().tolist()]
    found = script("[...m.layersOf(Float64Array.from(given), [2, 3, 1], 1)[1].W]", numbers)
    np.testing.assert_allclose(found, two[1][1][0].ravel())


@pytest.mark.parametrize(("task", "output", "loss", "has_weights"), ENDS)
@pytest.mark.parametrize("hidden", [(), (4,), (3, 2)], ids=str)
def test_loss_and_gradient(
    script: Any, task: str, output: str, loss: str, has_weights: bool, hidden: tuple[int, ...]
) -> None:
    n_classes = CLASSES_OF_TASK.get(task, 0)
    n_targets = TARGETS_OF_TASK.get(task, 1)
    n_outputs = TASKS[task].n_outputs(n_classes, n_targets)
    class_weights = random.uniform(0.2, 4, n_classes) if has_weights else None
    minimized = weighted(LOSSES[loss], class_weights) if has_weights else LOSSES[loss]
    layers, X = a_network((2, *hidden, n_outputs)), random.normal(size=(9, 2))
    y: Array = random.normal(size=(9, n_targets))
    if TASKS[task].target_type is not np.float32:
        y = random.integers(0, n_classes or 2, (9, n_targets))
    targets = TASKS[task].encode(y, n_outputs).astype(float)

    def mean_loss() -> float:
        passed = forward(layers, X, "tanh", output)
        return float(minimized.value(np, targets, passed.output, passed.logits).mean())

    given = described(layers, X, "tanh", output, loss)
    if class_weights is not None:
        given["model"]["class_weights"] = class_weights.tolist()
    given["targets"] = targets.ravel().tolist()
    code = f"{PASS} const t = Float64Array.from(g.targets);"
    code += "const found = m.backward(g.model, layers, Float64Array.from(g.X), g.n, passed, t);"
    value, gradients = script(
        body(
            code, "[m.meanLoss(g.model, passed, t, g.n), found.map(({W, b}) => [[...W], [...b]])]"
        ),
        given,
    )
    assert value == pytest.approx(mean_loss(), abs=1e-9)
    for layer, of_layer in zip(layers, gradients, strict=True):
        for parameter, found in zip(layer, of_layer, strict=True):
            np.testing.assert_allclose(found, numeric(parameter, mean_loss), atol=2e-5)


def numeric(parameter: Array, value: Callable[[], float], step: float = 1e-5) -> list[float]:
    """Central differences of a value with respect to each entry of a parameter."""
    found, flat = [], parameter.reshape(-1)
    for k in range(len(flat)):
        before = flat[k]
        flat[k] = before + step
        above = value()
        flat[k] = before - step
        found.append((above - value()) / (2 * step))
        flat[k] = before
    return found


@pytest.mark.parametrize(("n_in", "n_out"), [(2, 2), (2, 4), (4, 2)])
def test_motions_of_a_layer(script: Any, n_in: int, n_out: int) -> None:
    layers, X = a_network((n_in, n_out)), random.normal(size=(5, n_in))
    given = described(layers, X, "tanh", "tanh")
    code = f"{PASS} const stops = m.motionStops(layers[0], Float64Array.from(g.X), g.n, passed[0]);"
    found = script(body(code, "stops.map((stop) => [...stop])"), given)
    activated = forward(layers, X, "tanh", "tanh").output
    expected = [stop.ravel() for stop in motions(layers[0], activated, X)]
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_determinants(script: Any) -> None:
    for n in (1, 2, 3, 5):
        W = random.normal(size=(n, n))
        given = [W.ravel().tolist(), n]
        assert script("m.determinant(...given)", given) == pytest.approx(np.linalg.det(W))
    assert script("m.determinant([1, 2, 2, 4], 2)") == pytest.approx(0, abs=1e-12)
    said = script("m.volumeText({W: [1, 2, 2, 4], n_in: 2, n_out: 2})")
    assert "flattens" in said
    small = [0.1 * float(i == j) for i in range(8) for j in range(8)]  # small is not flat
    assert "flattens" not in script("m.volumeText({W: given, n_in: 8, n_out: 8})", small)
    assert "mirrors" in script("m.volumeText({W: [0, 2, 1, 0], n_in: 2, n_out: 2})")
    assert script("m.volumeText({W: [0, 2], n_in: 2, n_out: 1})") == ""


def test_a_contour_lies_where_the_values_cross_the_level(script: Any) -> None:
    size = 21
    x = np.linspace(0, 1, size)
    values = (x[None, :] + 0.5 * x[:, None] - 0.6).ravel().tolist()
    segments = np.array(script(f"m.contour(given, {size}, 0)", values))
    ends = segments.reshape(-1, 2)
    np.testing.assert_allclose(ends[:, 0] + 0.5 * ends[:, 1], 0.6, atol=1e-9)
    assert np.ptp(ends[:, 1]) == pytest.approx(1)
    assert script(f"m.contour(given, {size}, 9)", values) == []


def test_numbers_are_written_for_people(script: Any) -> None:
    written = script("given.map(m.shown)", [0.0, -0.5, 12.34, 1234.5, 0.0123, 0.00001, -0.001])
    assert written == ["0.00", "−0.50", "12.3", "1235", "0.0123", "1.0e-5", "−0.0010"]


def test_colors_of_outputs_are_their_own(script: Any) -> None:
    hidden, (W, b) = a_network((2, 3, 2))
    layers, X = [hidden, (W * np.array([1.0, 100.0]), b)], random.normal(size=(8, 2))
    given = described(layers, X, "tanh", "linear", "mse")
    given["model"] |= {"features": [], "n_features": 2, "kind": "values"}
    given["values"] = [0, 255, 255, 0] * 4
    code = """
    const X = Float64Array.from(g.X);
    const weights = Object.assign(Float64Array.from(g.numbers), { shape: [1, g.numbers.length] });
    const samples = { X, n: g.n, n_targets: 2, values: g.values };
    const look = { negative: "#000000", paper: "#808080", positive: "#ffffff" };
    const model = new m.InsideModel({ ...g.model, weights, samples, look, epochs: [0] });
    model.show(0);
    """
    ranges, colors, targets = script(
        body(
            code,
            "[[0, 1].map((j) => model.colorRange(1, j)), "
            "[0, 1].map((i) => [model.sampleColor(i), model.sampleColor(i, 1)]), "
            "[model.targetOf(0, 1), model.targetOf(1, 1)]]",
        ),
        given,
    )
    output = np.abs(forward(layers, X, "tanh", "linear").output).max(axis=0)
    np.testing.assert_allclose(ranges, [[0, output[0]], [0, output[1]]])
    black, white = "rgb(0,0,0)", "rgb(255,255,255)"
    assert colors == [[black, white], [white, black]]
    assert targets == [0, 1]  # a hidden unit has the chosen target, an output its own


@pytest.mark.parametrize("label", [0, 2])
def test_a_label_has_its_own_boundary(script: Any, label: int) -> None:
    layers = a_network((2, 3, 3))
    given = described(layers, random.normal(size=(4, 2)), "tanh", "sigmoid")
    given["colored"] = label
    code = f"""{LAYERS}
    const of = (kind) => m.SpaceAxes.prototype.boundary.call(
      {{ model: {{ kind, colored: g.colored }}, pair: [0, 1] }}, layers);
    """
    of_label, of_classes = script(body(code, "[of('labels'), of('class')]"), given)
    W, b = layers[-1]
    np.testing.assert_allclose(of_label["w"], W[:, label])
    assert of_label["b"] == pytest.approx(b[label])
    np.testing.assert_allclose(of_classes["w"], W[:, 0] - W[:, 1])


def rows_of_answers(script: Any, model: dict[str, Any], output: list[float]) -> list[list[str]]:
    """Texts of the table of answers about the second sample of two."""
    given = {"model": {"name": "A", **model}, "output": output}
    code = "const model = { ...g.model, sampled: [{ a: g.output }] };"
    rows = "[...m.answersOf([model], 1).querySelectorAll('tr, caption')]"
    result = f"{rows}.map((row) => [...(row.cells ?? [row])].map((cell) => cell.textContent))"
    found: list[list[str]] = script(body(code, result), given)
    return found


def test_answers_about_labels_are_yes_or_no(script: Any) -> None:
    model = {
        "kind": "labels",
        "classes": ["no", "yes"],
        "threshold": 0.5,
        "target_names": ["beach", "sunset"],
        "samples": {"n_targets": 2, "classes": [0, 0, 1, 0]},
    }
    caption = ["In parentheses: probability of yes. From 50 % on, the network says yes."]
    assert rows_of_answers(script, model, [0.1, 0.2, 0.5, 0.71]) == [
        caption,
        ["", "true", "A"],
        ["beach", "yes", "yes (50 %)"],
        ["sunset", "no", "yes (71 %) ✗"],
    ]


def test_answers_about_numbers_are_in_both_units(script: Any) -> None:
    model = {
        "kind": "values",
        "target_names": ["weight", "waist"],
        "samples": {"n_targets": 2, "targets": [1, 1, 180, 30]},
        "unit": {"mean": [160, 0], "scale": [20, 1], "standardized": [True, False]},
    }
    caption = ["In parentheses: standardized, as the network is trained."]
    assert rows_of_answers(script, model, [0, 0, 0.5, 31.5]) == [
        caption,
        ["", "true", "A"],
        ["weight", "180 (1.00)", "170 (0.50)"],
        ["waist", "30.0", "31.5"],
    ]
