"""The page on the first neuron: gates by hand, the rule, 16 functions, four machines."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import Perceptron
from streamlit.testing.v1 import AppTest

from annlab import evaluate
from annlab.analysis.xor_networks import finds_xor
from annlab.nn.boolean_functions import BOOLEAN_FUNCTIONS, INPUTS, fires
from annlab.nn.perceptron import train_perceptron
from annlab.ui.perceptron.by_hand import GATES
from annlab.ui.perceptron.machines import MACHINE_DATA, mlp_run
from annlab.ui.perceptron.point_sets import POINT_SETS
from annlab.ui.perceptron.three_gates import ALL_NINE, NUMBERS
from annlab.ui.perceptron.xor_networks import xor_run
from annlab.ui.services import Services
from tests.ui.visitor import charts, serving, settle, text_of, visit

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

PAGE = "pages/perceptron.py"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with serving(f"sqlite:///{tmp_path_factory.mktemp('store') / 'runs.sqlite'}") as made:
        yield made


def _open(tab: str = "By hand") -> AppTest:
    visitor = visit(PAGE, tab=tab)
    assert not visitor.exception
    assert not visitor.error
    return visitor


def _build(visitor: AppTest, gate: str) -> AppTest:
    visitor.radio(key="perceptron-gate").set_value(gate).run()
    assert not visitor.exception
    return visitor


def _set_unit(visitor: AppTest, gate: str, weights: tuple[float, float, float]) -> AppTest:
    for name, value in zip(("w₁", "w₂", "b"), weights, strict=True):
        if name != "w₂" or GATES[gate].n_inputs == 2:
            visitor.slider(key=f"perceptron-{gate}-{name}").set_value(float(value))
    visitor.run()
    assert not visitor.exception
    return visitor


# --- by hand -----------------------------------------------------------------------------


def test_page_asks_one_question_and_has_four_tabs(server: Services) -> None:
    visitor = _open()
    assert [title.value for title in visitor.title] == ["What can a single neuron decide?"]
    assert [tab.label for tab in visitor.tabs] == [
        "By hand",
        "The rule",
        "16 functions",
        "Four machines",
    ]
    assert "is at least 0; exactly 0 fires" in text_of(visitor.caption)


@pytest.mark.parametrize("gate", [name for name in GATES if name != "XOR"])
def test_gate_is_solved_by_hand(server: Services, gate: str) -> None:
    visitor = _build(_open(), gate)
    assert not visitor.success  # nothing is solved at first
    assert "rows are right" in text_of(visitor.info)
    _set_unit(visitor, gate, GATES[gate].entry.weights)
    assert f"computes {gate}" in text_of(visitor.success)
    assert gate in next(c.value for c in visitor.caption if "Solved so far" in c.value)


def test_truth_table_follows_the_weights(server: Services) -> None:
    visitor = _set_unit(_build(_open(), "AND"), "AND", (1.0, 1.0, -2.0))
    (table,) = (block.value for block in visitor.markdown if "wanted" in block.value)
    rows = [
        [re.sub("[*]", "", cell).strip() for cell in line.strip("|").split("|")]
        for line in table.splitlines()
        if re.match(r"\| [01] ", line)
    ]
    assert [row[:5] for row in rows] == [
        ["0", "0", "−2", "0", "0"],
        ["0", "1", "−1", "0", "0"],
        ["1", "0", "−1", "0", "0"],
        ["1", "1", "0", "1", "1"],  # exactly 0 fires
    ]
    assert visitor.success
    _set_unit(visitor, "AND", (1.0, 1.0, -1.0))
    assert "It computes: OR" in text_of(visitor.info)
    traces = charts(visitor)["perceptron-unit"]["data"]
    rings = next(trace for trace in traces if trace.get("name") == "mistakes")
    wrong = fires((1, 1, -1), INPUTS) != np.array(BOOLEAN_FUNCTIONS["and"].outputs)
    assert rings["x"] == INPUTS[wrong, 0].tolist()


def test_xor_is_a_wall(server: Services) -> None:
    visitor = _build(_open(), "XOR")
    assert "No line can do this" in text_of(visitor.warning)
    _set_unit(visitor, "XOR", BOOLEAN_FUNCTIONS["or"].weights)
    assert "3 of 4 rows are right. It computes: OR" in text_of(visitor.info)
    assert not visitor.success


@pytest.mark.parametrize("k", [0, 5, 8])
def test_xor_is_built_from_three_gates(server: Services, k: int) -> None:
    visitor = _build(_open(), "XOR from three gates")
    visitor.selectbox(key="perceptron-missing").set_value(NUMBERS[k]).run()
    boxes = [visitor.number_input(key=f"perceptron-number-{NUMBERS[k]}-{i}") for i in range(9)]
    assert [box.disabled for box in boxes] == [i != k for i in range(9)]
    assert not visitor.success
    boxes[k].set_value({0: 1.0, 5: 1.5, 8: -1.5}[k]).run()
    assert "two lines do what one cannot" in text_of(visitor.success)
    assert "h₁ computes: OR. h₂ computes: NAND." in text_of(visitor.success)


def test_xor_is_built_from_nine_free_numbers(server: Services) -> None:
    visitor = _build(_open(), "XOR from three gates")
    visitor.selectbox(key="perceptron-missing").set_value(ALL_NINE).run()
    assert not visitor.success
    # XOR = (x₁ and not x₂) OR (x₂ and not x₁).
    for i, value in enumerate((1, -1, -0.5, -1, 1, -0.5, 1, 1, -0.5)):
        visitor.number_input(key=f"perceptron-number-{ALL_NINE}-{i}").set_value(float(value))
    visitor.run()
    assert "h₁ computes: x₁ and not x₂" in text_of(visitor.success)


def test_ten_networks_look_for_xor(server: Services) -> None:
    visitor = _build(_open(), "XOR by an MLP")
    assert "perceptron-xor-networks" not in charts(visitor)
    visitor.slider(key="perceptron-xor-guess").set_value(7).run()
    began = server.queue.n_started
    visitor.button(key="perceptron-xor-train").click().run()
    settle(visitor, server)
    assert not visitor.exception
    assert server.queue.n_started == began + 1
    run = server.repository.run(xor_run(2, "tanh"))
    found = finds_xor(run)
    assert 0 < found.sum() < 10
    assert f"**{found.sum()} of 10 networks found XOR**; you guessed 7" in text_of(visitor.markdown)
    notes = charts(visitor)["perceptron-xor-networks"]["layout"]["annotations"]
    assert ["✓" in note["text"] for note in notes] == found.tolist()
    # Another visitor gets the stored run at once.
    other = _build(_open(), "XOR by an MLP")
    other.button(key="perceptron-xor-train").click().run()
    assert "networks found XOR" in text_of(other.markdown)
    assert server.queue.n_started == began + 1
    # Other networks need another training.
    other.radio(key="perceptron-xor-units").set_value(4).run()
    assert "networks found XOR" not in text_of(other.markdown)


# --- the rule ----------------------------------------------------------------------------


def _press(visitor: AppTest, label: str) -> AppTest:
    visitor.button(key=f"perceptron-{label}").click().run()
    assert not visitor.exception
    return visitor


def _steps(visitor: AppTest) -> Any:
    (slider,) = (s for s in visitor.slider if s.label == "Steps done")
    return slider.value


def test_steps_go_forward_and_back(server: Services) -> None:
    visitor = _open("The rule")
    training = train_perceptron(INPUTS, np.array(BOOLEAN_FUNCTIONS["and"].outputs))
    assert _steps(visitor) == 0
    assert "Press **Next step**" in text_of(visitor.markdown)
    _press(visitor, "Back")
    assert _steps(visitor) == 0
    _press(visitor, "Next step")
    assert _steps(visitor) == 1
    assert "Mistake" in text_of(visitor.markdown)
    assert "Subtract (x₁, x₂, 1): the change is (0, 0, −1)" in text_of(visitor.markdown)
    _press(visitor, "Next step")
    assert "Right" in text_of(visitor.markdown)
    _press(visitor, "Next mistake")
    assert _steps(visitor) == 4 == int(np.flatnonzero(training.mistakes)[1]) + 1
    assert "Add (x₁, x₂, 1): the change is (1, 1, 1)" in text_of(visitor.markdown)
    line = charts(visitor)["perceptron-line"]
    assert any(trace.get("line", {}).get("dash") == "dash" for trace in line["data"])
    _press(visitor, "Back")
    assert _steps(visitor) == 3
    _press(visitor, "Run to the end")
    assert _steps(visitor) == training.n_steps
    assert f"no mistake in epoch {training.n_epochs}" in text_of(visitor.success)
    assert "Mistakes: **18** of at most **51** = (R/γ)²" in text_of(visitor.markdown)
    _press(visitor, "Next mistake")
    assert _steps(visitor) == training.n_steps
    assert "A sum of 0 (–) counts as a mistake. A gate by hand fires at 0" in text_of(
        visitor.caption
    )


@pytest.mark.parametrize("name", POINT_SETS)
def test_end_of_every_set_is_true(server: Services, name: str) -> None:
    visitor = _open("The rule")
    visitor.selectbox(key="perceptron-samples").set_value(name).run()
    _press(visitor, "Run to the end")
    X, y = POINT_SETS[name].load()
    rate = POINT_SETS[name].learning_rates[0]
    model = Perceptron(shuffle=False, eta0=rate, tol=None, max_iter=1000).fit(X, y)
    is_separated = model.score(X, y) == 1
    assert bool(visitor.success) == is_separated
    assert bool(visitor.warning) != is_separated
    text = text_of(visitor.markdown)
    assert ("no line separates these samples" in text) != is_separated
    if is_separated:
        n, bound = re.search(r"Mistakes: \*\*(\d+)\*\* of at most \*\*([\d,]+)\*\*", text).groups()
        assert 0 < int(n) <= int(bound.replace(",", ""))
    else:
        training = train_perceptron(X, y, learning_rate=rate)
        assert "Never stops, it cycles" in text_of(visitor.warning)
        assert f"after epoch {training.n_epochs} are those" in text_of(visitor.warning)


def test_iris_petals_are_those_of_the_tutorial(server: Services) -> None:
    X, y = POINT_SETS["iris"].load()
    iris = load_iris()
    np.testing.assert_array_equal(X, iris.data[:100, 2:])
    np.testing.assert_array_equal(y, iris.target[:100])
    assert POINT_SETS["iris"].class_names == tuple(iris.target_names[:2])
    training = train_perceptron(X, y, learning_rate=0.1)
    assert training.ending == "separated"
    assert training.n_epochs <= 6
    visitor = _open("The rule")
    visitor.selectbox(key="perceptron-samples").set_value("iris").run()
    _press(visitor, "Next step")
    assert "Subtract 0.1 × (x₁, x₂, 1)" in text_of(visitor.markdown)


def test_place_in_the_steps_is_kept_for_each_set(server: Services) -> None:
    visitor = _press(_open("The rule"), "Run to the end")
    visitor.selectbox(key="perceptron-samples").set_value("xor").run()
    assert _steps(visitor) == 0
    visitor.selectbox(key="perceptron-samples").set_value("and").run()
    assert _steps(visitor) == 36


# --- 16 functions ------------------------------------------------------------------------


def test_prediction_is_compared_with_what_happens(server: Services) -> None:
    visitor = _open("16 functions")
    assert "never do" not in text_of(visitor.markdown)
    visitor.multiselect(key="perceptron-predicted").set_value(["xor", "nand"]).run()
    board = charts(visitor)["perceptron-board"]
    assert sum("?" in note["text"] for note in board["layout"]["annotations"]) == 2
    visitor.button(key="perceptron-run-all").click().run()
    assert not visitor.exception
    text = text_of(visitor.markdown)
    assert "**14 stop; XOR and XNOR never do.** You named 1 of these 2, and 1 that stop." in text
    assert "every 4 steps the weights are back" in text_of(visitor.caption)
    assert "larger than 1" in text_of(visitor.caption)
    assert "perceptron-cycle" in charts(visitor)
    visitor.multiselect(key="perceptron-predicted").set_value(["xnor", "xor"]).run()
    assert "Your prediction was right" in text_of(visitor.markdown)
    visitor.multiselect(key="perceptron-predicted").set_value([]).run()
    assert "no prediction" in text_of(visitor.markdown)
    visitor.slider(key="perceptron-epoch").set_value(0).run()
    assert not visitor.exception
    notes = charts(visitor)["perceptron-board"]["layout"]["annotations"]
    assert sum(note["text"] == "…" for note in notes) == 16


# --- four machines -----------------------------------------------------------------------


def _machines(visitor: AppTest, server: Services) -> AppTest:
    if "session_id" in visitor.session_state:  # else it waits for nothing
        settle(visitor, server)
    assert not visitor.exception
    assert not visitor.error
    return visitor


def _scores(visitor: AppTest) -> list[tuple[float, float]]:
    found = [
        re.search(r"training ([\d.]+)% · test \*\*([\d.]+)%", block.value)
        for block in visitor.markdown
    ]
    return [(float(match[1]) / 100, float(match[2]) / 100) for match in found if match]


def test_four_machines_learn_from_the_same_samples(server: Services) -> None:
    visitor = _machines(_open("Four machines"), server)
    scores = _scores(visitor)
    assert len(scores) == 4
    chosen = MACHINE_DATA["moons"]
    run = server.repository.run(mlp_run(chosen.config(chosen.noise)))
    found = [evaluate(run, split="train").accuracy[0], evaluate(run, split="test").accuracy[0]]
    assert scores[3] == pytest.approx(found, abs=6e-4)
    drawn = charts(visitor)
    names = ("perceptron", "logistic_regression", "linear_svm", "mlp")
    samples = [
        [t["x"] for t in drawn[f"perceptron-{name}"]["data"] if t.get("name") == "class 0"]
        for name in names
    ]
    assert samples[0] == samples[1] == samples[2] == samples[3]
    assert scores[3][1] > max(score[1] for score in scores[:3])  # the moons need a bend
    assert "60 test samples" in text_of(visitor.caption)


def test_noise_waits_for_a_press_to_train(server: Services) -> None:
    visitor = _machines(_open("Four machines"), server)
    began = server.queue.n_started
    visitor.select_slider(key="perceptron-noise-moons").set_value(0.5).run()
    assert not visitor.exception
    assert len(_scores(visitor)) == 3
    assert server.queue.n_started == began
    visitor.button(key="perceptron-machines-train").click().run()
    _machines(visitor, server)
    assert len(_scores(visitor)) == 4
    # What is stored shows at once.
    visitor.select_slider(key="perceptron-noise-moons").set_value(0.2).run()
    assert len(_scores(visitor)) == 4


@pytest.mark.parametrize("name", MACHINE_DATA)
def test_every_data_set_is_offered(server: Services, name: str) -> None:
    visitor = _machines(_open("Four machines"), server)
    visitor.selectbox(key="perceptron-data").set_value(name).run()
    assert not visitor.exception
    assert not visitor.error
    scores = _scores(visitor)
    assert len(scores) >= 3
    if name == "iris":
        assert scores == [(1.0, 1.0)] * 3
