"""Fixtures with runs and data of the default experiment."""

from collections.abc import Callable

import pytest

from annlab import Run, RunConfig, load_dataset
from annlab.datasets import Dataset
from annlab.figures import ThemeName
from annlab.lessons.experiments import EXPERIMENTS


@pytest.fixture(scope="session")
def default_runs(trained: Callable[[RunConfig], Run]) -> list[Run]:
    return [trained(config) for config in EXPERIMENTS["E4"].runs]


@pytest.fixture(scope="session")
def default_dataset() -> Dataset:
    return load_dataset(EXPERIMENTS["E4"].runs[0].dataset)


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> ThemeName:
    return request.param
