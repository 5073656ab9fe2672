"""The activations page: the explorer, and the same network with several activations."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from annlab import RunConfig, evaluate, train
from annlab.formatting import number
from annlab.nn.activations import ACTIVATIONS
from annlab.ui.results.panels.gradients import FIRST_EPOCHS
from annlab.ui.services import Services
from tests.ui.visitor import charts, heads, runs_in_address, settle, text_of, visit

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

PAGE = "pages/activations.py"
QUICK = {
    "data": "xor",
    "samples": "100",
    "epochs": "3",
    "seeds": "2",
    "hidden": "3-2",
    "gradients": "True",
    "models": "3",
    "a.activation": "tanh",
    "c.activation": "sigmoid",
}
# For tests that do not wait for the end: a training that is cut off is stored as stopped.
UNSETTLED = {**QUICK, "seed": "7"}


def _open(**query: str) -> AppTest:
    visitor = visit(PAGE, **query)
    assert not visitor.exception
    return visitor


def test_explorer_shows_value_and_slope(idle: Services) -> None:
    visitor = _open(**UNSETTLED)
    visitor.slider(key="explorer-z").set_value(2.0).run()
    (table,) = (block.value for block in visitor.markdown if "saturates" in block.value)
    for name in ("sigmoid", "tanh", "relu"):
        entry = ACTIVATIONS[name]
        value, slope = (f(np.array([2.0]))[0] for f in (entry.f, entry.derivative))
        assert f"| **{value:.3f}** | **{slope:.3f}** |" in table
        assert entry.source in text_of(visitor.caption)
    assert {"explorer-values", "explorer-slopes"} <= set(charts(visitor))


def test_explorer_writes_negative_numbers_with_a_minus_sign(idle: Services) -> None:
    visitor = _open(**UNSETTLED)
    visitor.slider(key="explorer-z").set_value(-2.0).run()
    visitor.multiselect(key="explorer-names").set_value(["tanh", "linear", "relu"]).run()
    (table,) = (block.value for block in visitor.markdown if "saturates" in block.value)
    assert "f(−2)" in table
    assert "| −1 to 1 |" in table
    assert "| −∞ to ∞ |" in table
    assert "below 0" in table
    visitor.multiselect(key="explorer-names").set_value(["leaky_relu"]).run()
    (table,) = (block.value for block in visitor.markdown if "saturates" in block.value)
    assert "| nowhere |" in table  # its slope is small, but never zero
    assert " -" not in table


@pytest.mark.parametrize("name", [name for name, e in ACTIVATIONS.items() if e.elementwise])
def test_explorer_draws_every_function(idle: Services, name: str) -> None:
    visitor = _open(**UNSETTLED)
    visitor.multiselect(key="explorer-names").set_value([name]).run()
    assert not visitor.exception
    assert ACTIVATIONS[name].use in text_of(visitor.caption)


def test_temperature_flattens_softmax(idle: Services) -> None:
    visitor = _open(**UNSETTLED)
    visitor.session_state["explorer-tab"] = "Softmax"
    visitor.run()
    largest = []
    for temperature in (0.1, 1.0, 5.0):
        visitor.slider(key="explorer-temperature").set_value(temperature).run()
        assert not visitor.exception
        bars = charts(visitor)["explorer-softmax"]["data"]
        heights = [np.array(trace["x"]) for trace in bars]
        z = np.array([2.0, 1.0, 0.0, -1.0]) / temperature
        expected = np.exp(z) / np.exp(z).sum()
        found = next(h for h in heights if np.allclose(h, expected, atol=2e-3))
        largest.append(found.max())
    assert largest == sorted(largest, reverse=True)


def test_one_model_per_activation(idle: Services) -> None:
    visitor = _open(**QUICK)
    settle(visitor, idle)
    assert not visitor.exception
    assert [run.model.activation for run in runs_in_address(visitor, 3)] == [
        "tanh",
        "relu",
        "sigmoid",
    ]
    assert len(heads(visitor)) == 3
    visitor.multiselect(key="activations-activation").set_value(["elu", "gelu"]).run()
    assert not visitor.exception
    assert [run.model.activation for run in runs_in_address(visitor, 3)] == ["elu", "gelu"]
    assert "3 → 2 models" in text_of(visitor.info)
    visitor.button(key="activations-train").click().run()
    settle(visitor, idle)
    assert not visitor.exception
    assert len(heads(visitor)) == 2


def test_one_activation_alone_is_refused(idle: Services) -> None:
    visitor = _open(**QUICK)
    settle(visitor, idle)
    visitor.multiselect(key="activations-activation").set_value(["elu"]).run()
    assert not visitor.exception
    assert "at least two" in text_of(visitor.error)
    began = idle.queue.n_started
    visitor.button(key="activations-train").click().run()
    assert idle.queue.n_started == began
    assert len(heads(visitor)) == 3  # the results stay


def test_empty_selection_of_activations_is_reported_and_can_be_fixed(idle: Services) -> None:
    visitor = _open(**UNSETTLED)
    visitor.multiselect(key="activations-activation").set_value([]).run()
    assert not visitor.exception
    assert "at least two" in text_of(visitor.error)
    visitor.multiselect(key="activations-activation").set_value(["elu", "selu"]).run()
    assert not visitor.exception
    assert not visitor.error


def test_gradient_charts_show_the_history(idle: Services) -> None:
    visitor = _open(**QUICK)
    settle(visitor, idle)
    visitor.session_state["activations-panel"] = "Gradients"
    visitor.run()
    assert not visitor.exception
    run = train(runs_in_address(visitor, 3)[0])
    curves = charts(visitor)["gradients-0"]["data"]
    expected = run.history["gradient_norm_1"].mean(axis=1)
    assert any(np.allclose(np.array(trace["y"]), expected, rtol=1e-3) for trace in curves)


def test_gradient_charts_start_with_the_first_epochs(idle: Services) -> None:
    n = FIRST_EPOCHS + 4
    visitor = settle(_open(**{**QUICK, "epochs": str(n)}), idle)
    visitor.session_state["activations-panel"] = "Gradients"
    visitor.run()
    run = train(runs_in_address(visitor, 3)[0])
    first, last = (run.history[f"gradient_norm_{k}"] for k in (1, 3))
    ratio = np.exp(np.log(first / last).mean(axis=1))

    def reach() -> list[float]:
        (line,) = (t for t in charts(visitor)["gradients-reach"]["data"] if t.get("name") == "A")
        return line["y"]

    def by_layer() -> list[float]:
        (line,) = (t for t in charts(visitor)["gradients-by-layer"]["data"] if t.get("name") == "A")
        return line["y"]

    early = slice(FIRST_EPOCHS + 1)
    np.testing.assert_allclose(reach(), ratio[early], rtol=1e-3)
    assert by_layer()[0] == pytest.approx(first[early].mean(), rel=1e-3)
    assert f"mean over epochs 0 to {FIRST_EPOCHS}" in text_of(visitor.caption)
    visitor.session_state["gradients-epochs"] = "All epochs"
    visitor.run()
    assert not visitor.exception
    np.testing.assert_allclose(reach(), ratio, rtol=1e-3)
    assert by_layer()[0] == pytest.approx(first[-1].mean(), rel=1e-3)
    assert f"after epoch {n}" in text_of(visitor.caption)


@pytest.mark.parametrize("models", ["1", "7", "0", "x", "99999999999", "-2", "0040"])
def test_invalid_number_of_models_becomes_the_default(idle: Services, models: str) -> None:
    visitor = _open(**{**QUICK, "models": models})
    assert len(visitor.multiselect(key="activations-activation").value) == 3
    assert "must be 2 to 6" in text_of(visitor.warning)


def test_link_with_a_repeated_activation_is_refused(idle: Services) -> None:
    visitor = _open(data="xor", samples="100", epochs="2", models="6", **{"b.activation": "elu"})
    chosen = visitor.multiselect(key="activations-activation").value
    assert chosen == ["relu", "elu"]


def test_link_with_one_activation_is_reported(idle: Services) -> None:
    visitor = _open(**{"a.activation": "relu", "b.activation": "relu", "data": "moons"})
    assert "two values are needed" in text_of(visitor.warning)


@pytest.mark.parametrize(
    ("activation", "expected"),
    [("elu", ["elu", "relu", "sigmoid"]), ("sigmoid", ["sigmoid", "relu", "tanh"])],
)
def test_settings_file_applies_to_all_models(
    idle: Services, activation: str, expected: list[str]
) -> None:
    visitor = settle(_open(**QUICK), idle)
    config = RunConfig.from_url(
        f"data=circles&samples=80&epochs=2&hidden=5&lr=0.05&optimizer=sgd&activation={activation}"
    )
    visitor.session_state["activations-more-load"] = True  # as a click opens it
    visitor.run().file_uploader(key="activations-file").upload(
        "mine.json", config.model_dump_json().encode(), ""
    ).run()
    settle(visitor, idle)
    assert not visitor.exception
    runs = runs_in_address(visitor, 3)
    assert [run.model.activation for run in runs] == expected
    assert runs[0] == config
    others = {run.model_copy(update={"model": config.model}) for run in runs}
    assert others == {config}
    assert {run.model.hidden_sizes for run in runs} == {(5,)}


@pytest.mark.parametrize("data", ["plane_curve", "linnerud", "labels"])
def test_several_outputs_learn_with_several_activations(idle: Services, data: str) -> None:
    visitor = _open(**{**QUICK, "data": data, "samples": "20"})
    settle(visitor, idle)
    assert not visitor.exception
    configs = runs_in_address(visitor, 3)
    for head, config in zip(heads(visitor), configs, strict=True):
        assert config.dataset.name == data
        assert config.task.headline.label in head.label
        scores = evaluate(train(config), split="train").headline
        assert head.value.startswith(number(float(scores.mean())))
