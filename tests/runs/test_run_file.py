"""The run file matches docs/run-file.md: NumPy alone predicts raw rows."""

import inspect
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annlab import Run, RunConfig, load_dataset
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.derived_features import FEATURES, network_inputs
from annlab.nn.forward import forward
from annlab.nn.tasks import TASKS
from annlab.runs import run_file
from annlab.runs.run_file import LAYOUT
from tests.exports.configs import FROM_FILES, config_of
from tests.exports.scripts import Train

_TARGET = ("mean", "scale")
DOCS = (Path(__file__).parents[2] / "docs" / "run-file.md").read_text(encoding="utf-8")
_HELD_OUT = {"test_fraction": 0.3, "validation_fraction": 0.2}
CONFIGS = {
    "two classes, min-max": config_of(
        {"name": "breast_cancer", "scaling": "minmax", **_HELD_OUT},
        {"hidden_sizes": (4,)},
        {"max_epochs": 5, "n_seeds": 3},
    ),
    "several classes, standard": config_of(
        {"name": "wine", "scaling": "standard", **_HELD_OUT},
        {"hidden_sizes": (5, 3), "activation": "tanh"},
        {"learning_rate": 0.02, "max_epochs": 10, "n_seeds": 2},
    ),
    "a scaled target": config_of(
        {"name": "diabetes", "scaling": "minmax", "target_scaling": "standard", **_HELD_OUT},
        {"hidden_sizes": (4,), "activation": "gelu"},
        {"learning_rate": 0.02, "max_epochs": 5, "n_seeds": 2},
    ),
    "wide and deep": config_of(
        {"name": "diabetes", "scaling": "minmax", "target_scaling": "standard", **_HELD_OUT},
        {"hidden_sizes": (5, 3), "wide": True},
        {"learning_rate": 0.02, "max_epochs": 5, "n_seeds": 2},
    ),
    "wide and deep, the best weights": config_of(
        {"name": "circles", "scaling": "minmax", **_HELD_OUT},
        {"hidden_sizes": (3,), "wide": True, "features": ("x1", "x2_squared")},
        {"learning_rate": 0.3, "max_epochs": 30, "early_stopping_patience": 3, "n_seeds": 2},
    ),
    "an output activation": config_of(
        {"name": "diabetes", "scaling": "standard", **_HELD_OUT},
        {"hidden_sizes": (4,), "output_activation": "softplus"},
        {"learning_rate": 0.1, "max_epochs": 5, "n_seeds": 2},
    ),
    "the best weights": config_of(
        {"name": "wine", "scaling": "standard", **_HELD_OUT},
        {"hidden_sizes": (6,)},
        {"learning_rate": 0.3, "max_epochs": 60, "early_stopping_patience": 5, "n_seeds": 3},
    ),
    "own folds": config_of(
        {
            "name": "diabetes",
            "resample": "folds",
            "scaling": "standard",
            "target_scaling": "standard",
        },
        {"hidden_sizes": (4,)},
        {"learning_rate": 0.02, "max_epochs": 5, "n_seeds": 4},
    ),
    "derived features, scaled": config_of(
        {"name": "circles", "scaling": "standard", **_HELD_OUT},
        {"features": ("x1", "x2_squared", "x1_x2", "sin_x1"), "hidden_sizes": (3,)},
        {"learning_rate": 0.02, "max_epochs": 5, "n_seeds": 2},
    ),
    "several numbers, own splits": config_of(
        {
            "name": "linnerud",
            "scaling": "standard",
            "target_scaling": "standard",
            "resample": "split",
            **_HELD_OUT,
        },
        {"hidden_sizes": (4,)},
        {"learning_rate": 0.02, "max_epochs": 5, "n_seeds": 3},
    ),
    "several numbers, wide and deep": config_of(
        {"name": "plane_curve", "scaling": "minmax", "target_scaling": "standard", **_HELD_OUT},
        {"hidden_sizes": (3,), "wide": True, "features": ("x", "x_cubed")},
        {"learning_rate": 0.02, "max_epochs": 5, "n_seeds": 2},
    ),
    "several labels, the best weights": config_of(
        {"name": "labels", "scaling": "standard", **_HELD_OUT},
        {"hidden_sizes": (6,), "features": ("x1", "x1_x2")},
        {"learning_rate": 0.3, "max_epochs": 30, "early_stopping_patience": 3, "n_seeds": 2},
    ),
    "several labels, the squared error": config_of(
        {"name": "labels", "scaling": "minmax", **_HELD_OUT},
        {"hidden_sizes": (3,), "wide": True},
        {"loss": "mse", "learning_rate": 0.02, "max_epochs": 5, "n_seeds": 2},
    ),
    "pictures": config_of(
        {"name": "digits", "scaling": "minmax", **_HELD_OUT},
        {"hidden_sizes": (8,)},
        {"learning_rate": 0.01, "max_epochs": 3, "n_seeds": 2},
    ),
}


@pytest.fixture(scope="module")
def snippet() -> dict[str, Any]:
    """Names defined by the code in the docs."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCS, flags=re.S)
    assert set(re.findall(r"^(?:import|from) (\w+)", code, flags=re.M)) == {"json", "math", "numpy"}
    names: dict[str, Any] = {}
    exec(code, names)
    return names


def _raw_rows(config: RunConfig) -> np.ndarray:
    """Unscaled samples."""
    spec = config.dataset.spec
    return np.asarray(spec.make(**spec.arguments(config.dataset))[0])[:200]


def _assert_same(snippet: dict[str, Any], run: Run, path: Path) -> None:
    run.save(path)
    rows = _raw_rows(run.config)
    _, facts = snippet["read"](path)
    for k in range(run.n_seeds):
        found = snippet["predict"](path, rows, network=k)
        own = k % len(run.preprocessing.factor)
        features = rows * run.preprocessing.factor[own] + run.preprocessing.shift[own]
        layers = [(W[k], b[k]) for W, b in run.layers()]
        names = run.config.model.activation, run.config.output_activation
        inputs = network_inputs(features.astype(np.float32), run.config.model.features)
        output = forward(layers, inputs, *names).output
        if not facts["class_names"]:
            mean, scale = (getattr(load_dataset(run.config, k), f"target_{x}") for x in _TARGET)
            n_targets = run.config.dataset.spec.n_targets
            assert found.shape == ((len(rows), n_targets) if n_targets > 1 else (len(rows),))
            expected = (output * scale + mean).reshape(found.shape)
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
            continue
        assert found.shape == (len(rows), len(facts["class_names"]))
        np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
        n_outputs = output.shape[1]
        np.testing.assert_allclose(found[:, -n_outputs:], output, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_raw_row_is_predicted_with_numpy_alone(
    name: str, snippet: dict[str, Any], trained: Train, tmp_path: Path
) -> None:
    run = trained(CONFIGS[name])
    assert run.stops_early == name.endswith("the best weights")
    _assert_same(snippet, run, tmp_path / "run.safetensors")


@pytest.mark.parametrize("name", CONFIGS)
def test_scaled_rows_are_what_the_networks_learned_from(name: str, trained: Train) -> None:
    run = trained(CONFIGS[name])
    scales = run.preprocessing
    for k in range(run.n_seeds):
        own = k % len(scales.factor)
        dataset = load_dataset(run.config, k)
        X = np.concatenate([dataset.X_train, dataset.X_validation, dataset.X_test])
        spec = run.config.dataset.spec
        rows = np.asarray(spec.make(**spec.arguments(run.config.dataset))[0])
        scaled = rows * scales.factor[own] + scales.shift[own]
        # The same rows in another order.
        np.testing.assert_allclose(np.sort(X, axis=0), np.sort(scaled, axis=0), atol=1e-5)
        np.testing.assert_array_equal(scales.target_mean[own], dataset.target_mean)
        np.testing.assert_array_equal(scales.target_scale[own], dataset.target_scale)


def test_raw_pictures_are_bytes(
    snippet: dict[str, Any], shared_datasets: Path, trained: Train, tmp_path: Path
) -> None:
    config = FROM_FILES["fashion_mnist"]
    run = trained(config)
    assert _raw_rows(config).dtype == np.uint8
    np.testing.assert_allclose(run.preprocessing.factor, 1 / 255)
    _assert_same(snippet, run, tmp_path / "run.safetensors")


def test_best_weights_differ_from_the_last(trained: Train) -> None:
    run = trained(CONFIGS["the best weights"])
    assert (run.best_epochs < run.epochs_trained).all()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_docs_have_every_activation(name: str, snippet: dict[str, Any]) -> None:
    z = np.linspace(-30, 30, 600).reshape(-1, 3)
    found = snippet["ACTIVATIONS"][name](z)
    np.testing.assert_allclose(found, ACTIVATIONS[name].f(z), rtol=1e-6, atol=1e-12)
    assert set(snippet["ACTIVATIONS"]) == set(ACTIVATIONS)


@pytest.mark.parametrize("name", FEATURES)
def test_the_docs_have_every_derived_feature(name: str, snippet: dict[str, Any]) -> None:
    columns = np.random.default_rng(0).normal(size=(FEATURES[name].n_features, 50))
    found = snippet["FEATURES"][name](*columns)
    np.testing.assert_allclose(found, FEATURES[name].f(*columns))
    assert set(snippet["FEATURES"]) == set(FEATURES)


def test_everything_in_a_file_is_documented(run: Run) -> None:
    data = run.to_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__")
    documented = set(re.findall(r"`([\w.]+)`", DOCS))
    assert set(json.loads(metadata["facts"])) <= documented
    assert set(metadata) - {"facts"} <= documented
    assert set(TASKS) <= documented
    undocumented = {
        name
        for name in header
        if name not in documented and not re.match(r"(best\.)?layer\d\.|history\.", name)
    }
    assert undocumented == set()
    assert json.loads(metadata["facts"])["layout"] == LAYOUT


def test_docs_name_no_removed_field(run: Run) -> None:
    facts_of_docs = DOCS.split("## Facts")[1].split("## Predict")[0]
    rows = re.findall(r"^\| (.*?) \|", facts_of_docs, flags=re.M)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    source = inspect.getsource(run_file)
    assert named
    assert not {name for name in named if f'"{name}"' not in source}
