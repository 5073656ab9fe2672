"""Runs that many tests look at: each is trained once."""

import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig

# Pages train in the tests, as without the runs that come with annlab.
os.environ["ANNLAB_SHIPPED_RUNS"] = "0"

# Folders with tests of processes and threads that work beside each other.
_BESIDE_OTHERS = tuple(
    f"tests/{name}/" for name in ("browser", "deploy", "hosting", "jobs", "pages", "store", "ui")
)
# One run for each task, with every part of the data and with dropout.
CONFIGS = {
    "binary": RunConfig(
        dataset=DatasetConfig(
            name="moons", n_samples=200, noise=0.2, test_fraction=0.2, validation_fraction=0.25
        ),
        model=ModelConfig(hidden_sizes=(5, 3), activation="tanh", dropout=0.2),
        training=TrainingConfig(learning_rate=0.02, max_epochs=12, n_seeds=3, seed=5),
    ),
    "multiclass": RunConfig(
        dataset=DatasetConfig(
            name="wine", test_fraction=0.3, validation_fraction=0.2, scaling="standard"
        ),
        model=ModelConfig(hidden_sizes=(6,), dropout=0.3),
        training=TrainingConfig(learning_rate=0.01, batch_size=16, max_epochs=8, n_seeds=3),
    ),
    "regression": RunConfig(
        dataset=DatasetConfig(
            name="diabetes", test_fraction=0.3, validation_fraction=0.2, scaling="standard"
        ),
        model=ModelConfig(hidden_sizes=(8,), activation="softplus", dropout=0.1),
        training=TrainingConfig(learning_rate=0.1, max_epochs=8, n_seeds=3),
    ),
    "multioutput_regression": RunConfig(
        dataset=DatasetConfig(
            name="plane_curve",
            test_fraction=0.3,
            validation_fraction=0.2,
            scaling="standard",
            target_scaling="standard",
        ),
        model=ModelConfig(hidden_sizes=(8, 4), activation="tanh", dropout=0.1),
        training=TrainingConfig(learning_rate=0.02, max_epochs=8, n_seeds=3),
    ),
    "multilabel": RunConfig(
        dataset=DatasetConfig(
            name="labels",
            n_samples=200,
            test_fraction=0.3,
            validation_fraction=0.2,
            scaling="standard",
        ),
        model=ModelConfig(hidden_sizes=(6,), dropout=0.1),
        training=TrainingConfig(learning_rate=0.02, max_epochs=8, n_seeds=3),
    ),
}


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Callable[[RunConfig], Run]:
    """`train`, which remembers: for tests that only look at what comes out.

    Of the experiments, which take long, all processes of the tests share what one has trained.
    """
    from annlab import train  # here, so that tests without a training do without torch
    from annlab.lessons.experiments import EXPERIMENTS

    shared = {run.digest for entry in EXPERIMENTS.values() for run in entry.runs}
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent

    def train_once(config: RunConfig) -> Run:
        if config.digest not in shared:
            return train(config)
        file = folder / f"{config.digest}.run"
        if not file.exists():
            written = file.with_suffix(f".{os.getpid()}")
            written.write_bytes(train(config).to_bytes())
            written.replace(file)
        return Run.from_bytes(file.read_bytes())

    return cache(train_once)


@pytest.fixture(scope="session", params=list(CONFIGS))
def run(request: pytest.FixtureRequest, trained: Callable[[RunConfig], Run]) -> Run:
    """A run of each task."""
    return trained(CONFIGS[request.param])


@pytest.fixture(scope="session")
def binary_run(trained: Callable[[RunConfig], Run]) -> Run:
    return trained(CONFIGS["binary"])


@pytest.fixture(scope="session")
def multiclass_run(trained: Callable[[RunConfig], Run]) -> Run:
    return trained(CONFIGS["multiclass"])


@pytest.fixture(scope="session")
def regression_run(trained: Callable[[RunConfig], Run]) -> Run:
    return trained(CONFIGS["regression"])


@pytest.fixture
def shared_datasets(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with real data sets beside the repository, where annlab looks for them."""
    folder = Path(__file__).parents[2] / "shared" / "datasets"
    if not folder.is_dir():
        pytest.skip(f"needs the data sets in {folder}")
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(folder / "scikit_learn_data"))
    monkeypatch.setenv("ANNLAB_DATA_DIR", str(folder / "fashion-mnist-sample"))
    return folder


@pytest.fixture(autouse=True)
def _checked_by_plotly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Plotly check all figures: their names and values, of which it would change nothing."""
    from annlab.figures.base.builder import FigureBuilder, StaticFigure

    build = FigureBuilder.build

    def build_and_check(builder: Any) -> Any:
        built = build(builder)
        checked = StaticFigure(builder.data, builder.layout)
        assert json.loads(checked.to_json()) == json.loads(built.to_json())
        return built

    monkeypatch.setattr(FigureBuilder, "build", build_and_check)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try a failed test of several processes or threads once more.

    What a browser, a worker or a database has done at a moment depends on what else the machine
    does. A fault fails twice; what failed once stands in pytest's summary as a rerun.
    """
    for item in items:
        if item.nodeid.startswith(_BESIDE_OTHERS):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return _FilesAndOneBrowser(config, log)


class _FilesAndOneBrowser(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives each process whole files, and all tests in a browser to one of them.

    Two browsers at once would leave too little of two cores for each.
    """

    def _split_scope(self, nodeid: str) -> str:
        browser = "tests/browser/"
        return browser if nodeid.startswith(browser) else nodeid.partition("::")[0]
