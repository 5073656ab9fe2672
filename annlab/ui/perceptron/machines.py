"""Tab "Four machines": the same samples for three straight lines and an MLP."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from annlab.analysis.evaluation import evaluate
from annlab.analysis.four_machines import LINEAR_MACHINES, LinearMachine
from annlab.analysis.prediction import forward_pass, predict
from annlab.config import DatasetConfig, RunConfig, TrainingConfig
from annlab.datasets import DATASETS, Dataset
from annlab.figures.two_classes import Frame, Marked, frame_of
from annlab.figures.unit_plane import region_plane, unit_plane
from annlab.nn.config import ModelConfig
from annlab.runs.run import Run
from annlab.ui.browser import theme
from annlab.ui.perceptron.point_sets import POINT_SETS
from annlab.ui.perceptron.training import trained
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.charts import show_chart
from annlab.ui.results.results import wait_for_data
from annlab.ui.services import services
from annlab.ui.state.own_access import load_if_ready
from annlab.ui.state.page_state import PageState
from annlab.ui.train.actions import collect, submit

Array = NDArray[Any]

N_SAMPLES, TEST_FRACTION = 200, 0.3
HIDDEN_SIZES = (8,)
_HEIGHT = 270
_MLP_IDEA = f"{HIDDEN_SIZES[0]} hidden tanh units bend the boundary."


@dataclass(frozen=True)
class MachineData:
    """Data set of two classes in a plane, with a choice of noise.

    Attributes
    ----------
    label : str
        Display name.
    name : str
        Name of the data set.
    noises : tuple of float
        Levels of noise to choose from; empty for measured data.
    noise : float
        Level at first.
    """

    label: str
    name: str
    noises: tuple[float, ...] = ()
    noise: float = 0.0

    def config(self, noise: float) -> DatasetConfig:
        """Data set at a level of noise, with a test split."""
        if not self.noises:
            return DatasetConfig(name=self.name, test_fraction=TEST_FRACTION)
        return DatasetConfig(
            name=self.name, n_samples=N_SAMPLES, noise=noise, test_fraction=TEST_FRACTION
        )


def _generated(name: str, noises: tuple[float, ...], noise: float) -> MachineData:
    return MachineData(DATASETS[name].label, name, noises, noise)


MACHINE_DATA: dict[str, MachineData] = {
    "moons": _generated("moons", (0.0, 0.1, 0.2, 0.3, 0.5), 0.2),
    "gaussians": _generated("gaussians", (0.3, 0.5, 0.7, 1.0, 1.5), 0.7),
    "linear": _generated("linear", (0.0, 0.2, 0.5, 1.0), 0.2),
    "circles": _generated("circles", (0.0, 0.1, 0.2, 0.3), 0.1),
    "xor": _generated("xor", (0.0, 0.1, 0.2, 0.3), 0.1),
    "iris": MachineData(POINT_SETS["iris"].label, "iris_petals"),
}


def mlp_run(dataset: DatasetConfig) -> RunConfig:
    """Run of one MLP on a data set."""
    return RunConfig(
        dataset=dataset,
        model=ModelConfig(hidden_sizes=HIDDEN_SIZES, activation="tanh"),
        training=TrainingConfig(learning_rate=0.03, max_epochs=200),
    )


def four_machines() -> None:
    """Draw the tab: a choice of data, and four machines side by side."""
    name, noise = _choices()
    chosen = MACHINE_DATA[name]
    config = chosen.config(noise)
    try:
        dataset = load_if_ready(config)
    except ValueError as error:
        st.error(str(error), icon=":material/error:")
        return
    if dataset is None:
        wait_for_data(config)
        return
    samples = samples_of(dataset)
    places = st.columns(4, gap="small")
    for place, machine in zip(places, LINEAR_MACHINES.values(), strict=False):
        with place:
            _linear(machine, cached(_fit)(config, dataset, machine.name), samples)
    with places[-1]:
        _mlp(mlp_run(config), dataset, samples)
    n_test = int(samples.held_out.sum())
    st.caption(
        f"One run each, on {len(samples.frame.X) - n_test} training samples (filled); accuracy on "
        f"{n_test} test samples (hollow). One test sample is {100 / n_test:.1f} points: do not "
        "read much into a small difference. Other samples would give other numbers. Rings: "
        "mistakes."
    )


@dataclass(frozen=True)
class Samples:
    """Training and test samples of a tab.

    Attributes
    ----------
    frame : Frame
        All samples, training samples first.
    held_out : ndarray of bool, shape (n_samples,)
        Mask of the test samples.
    """

    frame: Frame
    held_out: NDArray[np.bool_]

    def accuracies(self, predicted: Array) -> tuple[float, float]:
        """Share of correct predictions on training samples, and on test samples."""
        right = predicted == self.frame.y
        return float(right[~self.held_out].mean()), float(right[self.held_out].mean())


def samples_of(dataset: Dataset) -> Samples:
    """Training and test samples of a data set with two features and two classes."""
    X, y = dataset.split("all")
    first, second = dataset.class_names
    x1, x2 = dataset.feature_names
    frame = frame_of(X.astype(float), y, (first, second), (x1, x2), margin=0.1)
    return Samples(frame, np.arange(len(y)) >= len(dataset.y_train))


def _fit(config: DatasetConfig, dataset: Dataset, machine: str) -> Array:
    """Fit a machine to the training samples of a data set: its weights, of shape (3,)."""
    samples = samples_of(dataset)
    frame, train = samples.frame, ~samples.held_out
    return LINEAR_MACHINES[machine].fit(frame.X[train], frame.y[train])


def _choices() -> tuple[str, float]:
    left, right = st.columns([1, 2], gap="medium")
    with left:
        name = st.selectbox(
            "Data set",
            list(MACHINE_DATA),
            format_func=lambda name: MACHINE_DATA[name].label,
            key="perceptron-data",
            persist_state="session",
        )
    chosen = MACHINE_DATA[name]
    if not chosen.noises:
        return name, 0.0
    with right:
        noise = st.select_slider(
            "Noise",
            chosen.noises,
            chosen.noise,
            key=f"perceptron-noise-{name}",
            help=f"{chosen.config(chosen.noise).spec.noise_meaning.capitalize()}.",
            persist_state="session",
        )
    return name, float(noise)


def _head(label: str, idea: str, scores: tuple[float, float] | None) -> None:
    st.markdown(f"**{label}**", help=idea)
    if scores:
        st.markdown(f"training {scores[0]:.1%} · test **{scores[1]:.1%}**")


def _linear(machine: LinearMachine, weights: Array, samples: Samples) -> None:
    predicted = machine.predict(weights, samples.frame.X)
    scores = samples.accuracies(predicted)
    _head(machine.label, machine.idea, scores)
    show_chart(
        unit_plane(
            samples.frame,
            weights,
            margins=machine.has_margin,
            legend=False,
            marked=Marked(predicted != samples.frame.y, samples.held_out),
            height=_HEIGHT,
            theme=theme(),
        ),
        f"perceptron-{machine.name}",
        f"Line of the {machine.label}: {scores[1]:.1%} of the test samples are right",
    )


def _mlp(config: RunConfig, dataset: Dataset, samples: Samples) -> None:
    state = PageState("perceptron-machines")
    if state.get("shown") is None and state.get("pending") is None:
        submit(state, (config,))  # the tab opens with a result
    head = st.container()
    collect(state)
    is_stored = services().repository.is_whole(config) and not state.get("pending")
    if is_stored:
        run = services().repository.run(config)
    else:
        run = trained(state, config, "Train the MLP")
    scores = None
    if run is not None:
        scores = _accuracies(run, dataset)
        _draw_mlp(run, dataset, samples, scores)
    with head:
        _head("MLP", _MLP_IDEA, scores)


def _accuracies(run: Run, dataset: Dataset) -> tuple[float, float]:
    found = [evaluate(run, split=split, dataset=dataset) for split in ("train", "test")]
    return float(found[0].headline[0]), float(found[1].headline[0])


def _draw_mlp(run: Run, dataset: Dataset, samples: Samples, scores: tuple[float, float]) -> None:
    layers = [(W[0], b[0]) for W, b in run.layers()]

    def score(X: Array) -> Array:
        return forward_pass(run.config, layers, X).logits[..., 0]

    predicted = predict(run.config, layers, dataset, samples.frame.X)
    show_chart(
        region_plane(
            samples.frame,
            score,
            boundary=True,
            legend=False,
            marked=Marked(predicted != samples.frame.y, samples.held_out),
            height=_HEIGHT,
            theme=theme(),
        ),
        "perceptron-mlp",
        f"Boundary of the MLP: {scores[1]:.1%} of the test samples are right",
    )
