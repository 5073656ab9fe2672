"""Every tool that computes on workers does so on own data, and finds what it finds elsewhere."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from annlab import Dataset, Run, RunConfig, evaluate, train
from annlab.analysis.landscape import Effort, landscape
from annlab.analysis.landscape_losses import landscape_plane, landscape_request, read_losses
from annlab.analysis.piece_counts import read_counts
from annlab.analysis.pieces import linear_pieces
from annlab.analysis.separability_of_samples import read_separability
from annlab.analysis.weight_planes import flat, random_plane
from annlab.datasets import load_run_dataset
from annlab.datasets.own import tables
from annlab.datasets.own.arrays import table_of_arrays
from annlab.datasets.own.own_data import OwnData
from annlab.datasets.own.table import Table
from annlab.figures.of_run.pieces import piece_count_request
from annlab.jobs.cluster import Cluster
from annlab.search.range_test import N_RATES, N_STEPS, RangeTestConfig
from annlab.search.run_range_test import from_bytes
from annlab.search.run_search import open_test
from annlab.search.search_config import SearchConfig
from annlab.search.search_job import request_of
from annlab.search.space import SearchedSetting
from annlab.search.table import LOSS, SCORE, SearchTable
from annlab.ui.results.panels.inside import samples_of_input, samples_of_last_layer
from annlab.ui.services import Services
from annlab.validation import Config
from tests.jobs.serve import serve
from tests.own_data import mixed_table
from tests.store.own import ANNA, make_table

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

DEADLINE_SECONDS = 60
MIXED, PLANE = mixed_table(), make_table()
DATA = {"test_fraction": 0.25, "validation_fraction": 0.25, "scaling": "standard"}
RATES = SearchedSetting(address="lr", low=0.01, high=0.1, n_levels=2)
SQUARES = ("x1_squared", "x1_x2")

Compute = Callable[..., bytes]


def config_of(table: Table, target_scaling: str = "none", **model: Any) -> RunConfig:
    return RunConfig(
        dataset={**DATA, "own": table.own, "target_scaling": target_scaling},
        model={"hidden_sizes": (4,), **model},
        training={"max_epochs": 4, "batch_size": 8, "n_seeds": 2},
    )


CONFIGS = {
    "categories": (MIXED, config_of(MIXED)),
    "derived": (PLANE, config_of(PLANE, features=SQUARES)),
    "wide": (MIXED, config_of(MIXED, wide=True)),
}
PLAIN = config_of(PLANE)
# Several outputs: two labels, and two numbers of which one is a million times as large.
_X = np.random.default_rng(3).normal(size=(60, 2))
LABELS = table_of_arrays(_X, _X > [0.2, -0.3], title="Two labels")
NUMBERS = table_of_arrays(_X, np.stack([_X[:, 0], 1e6 * _X[:, 1]], axis=1), title="Two numbers")
TABLES = (MIXED, PLANE, LABELS, NUMBERS)
SEVERAL = {
    "labels": (LABELS, config_of(LABELS)),
    "numbers": (NUMBERS, config_of(NUMBERS, target_scaling="standard")),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    path = tmp_path_factory.mktemp("store") / "runs.sqlite"
    made = serve(f"sqlite:///{path}", Cluster(n_workers=0, scheduler=""))
    made.cluster.start()
    assert made.cluster.wait_until_ready(DEADLINE_SECONDS), made.cluster.start_error
    for table in TABLES:
        made.own_data.keep_table(ANNA, table.to_bytes(), table.own.title)
    yield made
    made.close()


@pytest.fixture
def compute(server: Services) -> Compute:
    """Let the worker compute, to which the samples must be sent."""

    def ask(kind: str, request: Config, attached: bytes | None = None, own: Any = None) -> bytes:
        for table in TABLES:
            tables.forget(table.own.content)
        given = None if attached is None else lambda: attached
        one = server.computations.ask(kind, request, "s", attached=given, own=own)
        assert server.computations.wait_for_end(one, DEADLINE_SECONDS)
        assert one.failure == ""
        return one.result

    return ask


def at_hand(table: Table, config: RunConfig) -> tuple[Run, Dataset]:
    """A run and its data, in a process that has the samples."""
    tables.provide(table)
    return train(config), load_run_dataset(config)


def run_of(name: str) -> tuple[Run, Dataset]:
    return at_hand(*(CONFIGS | SEVERAL)[name])


def own_of(run: Run) -> OwnData | None:
    return run.config.dataset.own


@pytest.mark.parametrize("name", CONFIGS | SEVERAL)
def test_a_range_test_trains_on_own_data(name: str, compute: Compute) -> None:
    table, config = (CONFIGS | SEVERAL)[name]
    request = RangeTestConfig(run=config, n_swept=3, n_fixed=2)
    test, trials = from_bytes(compute("range_test", request))
    assert test.sweep.shape == (N_STEPS + 1, 3)
    assert test.fixed.shape == (N_RATES, 2)
    assert trials
    tables.provide(table)
    for trial in trials.values():
        training = {**config.training.model_dump(), "learning_rate": trial.rate, "n_seeds": 10}
        run = train(config.model_copy(update={"training": type(config.training)(**training)}))
        scores = evaluate(run, split="validation")
        expected = scores.headline if scores.score.is_share else scores.r2
        np.testing.assert_allclose(trial.scores, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", CONFIGS | SEVERAL)
def test_a_search_scores_each_config_as_its_training(name: str, compute: Compute) -> None:
    table, base = (CONFIGS | SEVERAL)[name]
    config = SearchConfig(base=base, space=(RATES,), n_seeds=2)
    request = request_of(config)
    data = compute("search", request)
    found = SearchTable.from_bytes(data)
    opened = SearchTable.from_bytes(compute("search_test", request, data))
    tables.provide(table)
    for k, one in enumerate(found.config.configs()):
        assert one.model.features == base.model.features
        expected = evaluate(train(one), split="validation")
        np.testing.assert_allclose(found.scores[SCORE, k, :, -1], expected.headline, rtol=1e-4)
        np.testing.assert_allclose(found.scores[LOSS, k, :, -1], expected.loss, rtol=1e-4)
    np.testing.assert_array_equal(opened.test_scores, open_test(found).test_scores)


@pytest.mark.parametrize("name", CONFIGS)
def test_separability_of_own_data_is_that_of_a_line(name: str, compute: Compute) -> None:
    run, data = run_of(name)
    found = []
    for request, samples in (
        samples_of_input(run.config.dataset, data, network=0),
        samples_of_last_layer(run, data, epoch="last", network=0),
    ):
        result = compute("separability", request, samples, own=own_of(run))
        found.append(read_separability(result))
    assert list(found[0]) == list(found[1])
    assert [one.n_samples for one in found[1].values()] == [len(data.y_train)] * len(found[1])
    # A line with hardly any penalty separates what can be separated.
    for k, one in found[0].items():
        line = LogisticRegression(C=1e6, max_iter=20_000)
        labels = data.y_train == k
        assert (line.fit(data.X_train, labels).score(data.X_train, labels) == 1) == one.separable


@pytest.mark.parametrize("name", CONFIGS | SEVERAL)
def test_the_landscape_of_own_data_is_that_of_their_losses(name: str, compute: Compute) -> None:
    run, data = run_of(name)
    effort = Effort(5, 30)
    end = flat(run.checkpoints.at(None))[1]
    plane = random_plane(end, run.config.architecture, 0)
    expected = landscape(run, data, plane, [1], effort)
    request = landscape_request(run, plane, [1], effort)
    packed = landscape_plane(run, plane, [1], effort)
    losses = read_losses(compute("landscape", request, packed, own=own_of(run)))
    np.testing.assert_array_equal(losses.reshape(5, 5), expected.losses)


def test_pieces_are_counted_on_a_plane_of_own_data(compute: Compute) -> None:
    run, data = at_hand(PLANE, PLAIN)
    request = piece_count_request(run, data, network=0)
    counts = read_counts(compute("piece_counts", request, run.to_bytes(), own=own_of(run)))
    assert counts.shape == (len(run.checkpoints.epochs), 2)
    for network in range(2):
        layers = [(W[network], b[network]) for W, b in run.layers("last")]
        pieces = linear_pieces(layers, "relu", request.x_range, request.y_range)
        assert counts[-1, network] == pieces.n
