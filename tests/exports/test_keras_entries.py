"""Keras entries of the registries match the formulas."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from annlab import TrainingConfig
from annlab.exports.keras import keras_script
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.initializers import INITIALIZERS
from annlab.nn.losses import LOSSES
from annlab.nn.optimizers import OPTIMIZERS
from tests.exports.configs import config_of

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras about itself
N_IN, N_OUT = 300, 200


@pytest.fixture(scope="module")
def keras() -> ModuleType:
    """Keras on PyTorch, unless an earlier test has loaded it on TensorFlow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        import keras
    return keras


def _built(keras: ModuleType, expression: str, definition: str = "") -> Any:
    names: dict[str, Any] = {"keras": keras, "n_in": N_IN}
    exec(definition, names)
    return eval(expression, names)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_the_same(name: str, keras: ModuleType) -> None:
    entry = ACTIVATIONS[name]
    z = np.linspace(-8, 8, 999, dtype=np.float32).reshape(333, 3)
    layer = _built(keras, entry.code.keras, entry.code.keras_definition)
    found = keras.ops.convert_to_numpy(layer(keras.ops.convert_to_tensor(z)))
    np.testing.assert_allclose(found, entry.f(z), rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_weight_initialization_has_the_same_spread(name: str, keras: ModuleType) -> None:
    entry = INITIALIZERS[name]
    keras.utils.set_random_seed(0)
    drawn = [_built(keras, entry.keras_kernel)((N_IN, N_OUT))]
    assert bool(entry.keras_bias) == entry.draws_biases
    if entry.keras_bias:
        drawn.append(_built(keras, entry.keras_bias)((50_000,)))
    scale = entry.scale(N_IN, N_OUT)
    std = scale / 3**0.5 if entry.distribution == "uniform" else scale
    for values in map(keras.ops.convert_to_numpy, drawn):
        assert values.std() == pytest.approx(std, rel=0.02)
        most = np.abs(values).max()
        # A truncated normal distribution would end at two standard deviations.
        assert most <= scale * (1 + 1e-6) if entry.distribution == "uniform" else most > 3 * scale


@pytest.mark.parametrize("init", ["he_uniform", "pytorch"])
def test_the_scale_multiplies_all_initial_weights(init: str, keras: ModuleType) -> None:
    drawn = {}
    for scale in (1.0, 0.5):
        model = {"hidden_sizes": (3,), "dropout": 0.2, "init": init, "init_scale": scale}
        script = keras_script(config_of({"name": "moons"}, model, {}))
        until_training, _ = script.split("# --- Training ---")
        names: dict[str, Any] = {}
        exec(until_training, names)
        drawn[scale] = names["network"].get_weights()
    assert len(drawn[1.0]) == 4
    for whole, half in zip(drawn[1.0], drawn[0.5], strict=True):
        np.testing.assert_array_equal(half, 0.5 * whole)
    assert all(values.any() for values in drawn[0.5][::2])


@pytest.mark.parametrize(
    ("name", "n_outputs"),
    [(name, n) for name in LOSSES for n in ((4,) if "categorical" in name else (1, 4))],
)
def test_a_loss_is_the_same(name: str, n_outputs: int, keras: ModuleType) -> None:
    entry = LOSSES[name]
    random = np.random.default_rng(0)
    logits = random.normal(0, 3, (50, n_outputs)).astype(np.float32)
    target = random.integers(0, 2, (50, n_outputs)).astype(np.float32)
    classes = random.integers(0, n_outputs, 50)
    if entry.canonical == "softmax":
        target = np.eye(n_outputs, dtype=np.float32)[classes]
    output = ACTIVATIONS[entry.canonical].f(logits) if entry.canonical else logits
    expected = entry.value(np, target, output, logits).mean()
    loss = _built(keras, entry.keras_loss)
    found = loss(classes if "Sparse" in entry.keras_loss else target, logits)
    assert float(found) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_takes_its_arguments(name: str, keras: ModuleType) -> None:
    entry = OPTIMIZERS[name]
    own = {"momentum": 0.25, "rho": 0.75, "initial_accumulator": 0.5}
    training = TrainingConfig(optimizer=name, learning_rate=0.5, **own)
    made = getattr(keras.optimizers, entry.keras_class)(**entry.keras_arguments(training))
    config = made.get_config()
    assert config["learning_rate"] == 0.5
    for setting, (_, keras_name) in entry.settings.items():
        assert config[keras_name] == own[setting]
    if "momentum" not in entry.settings:
        assert not config.get("momentum")
    for option, value in entry.keras_options.items():
        assert config[option] == value


def test_no_momentum_is_plain_sgd() -> None:
    training = TrainingConfig(optimizer="nesterov", learning_rate=0.5, momentum=0.0)
    assert OPTIMIZERS["nesterov"].keras_arguments(training) == {"learning_rate": 0.5}
