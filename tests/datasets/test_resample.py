"""Networks with their own split, sample or fold."""

import dataclasses
import sys
import tracemalloc
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.preprocessing import MinMaxScaler

from annlab import DatasetConfig, RunConfig, evaluate, load_dataset, train
from annlab.datasets import DATASETS, load_for_training, load_run_dataset
from annlab.datasets.serialize import dataset_from_bytes, dataset_to_bytes
from annlab.datasets.split import fold_rows
from annlab.runs.run import Run
from annlab.validation import explain

ARRAYS = tuple(f"{kind}_{split}" for kind in "Xy" for split in ("train", "validation", "test"))
DATA: list[dict[str, Any]] = [
    {"name": "moons", "n_samples": 203, "resample": "split", "test_fraction": 0.2},
    {"name": "moons", "n_samples": 203, "resample": "sample", "test_fraction": 0.2},
    {"name": "moons", "n_samples": 203, "resample": "folds", "validation_fraction": 0.1},
    {"name": "wine", "resample": "folds", "scaling": "minmax"},
    {"name": "wine", "resample": "split", "validation_fraction": 0.3, "scaling": "standard"},
    {"name": "diabetes", "resample": "folds", "target_scaling": "standard"},
    {"name": "labels", "n_samples": 103, "resample": "folds", "scaling": "standard"},
    {"name": "labels", "n_samples": 103, "resample": "sample", "test_fraction": 0.2},
    {"name": "linnerud", "resample": "folds", "target_scaling": "standard"},
    {
        "name": "plane_curve",
        "resample": "split",
        "target_scaling": "standard",
        "test_fraction": 0.5,
    },
    {
        "name": "function_1d",
        "resample": "sample",
        "target_scaling": "standard",
        "test_fraction": 0.5,
    },
    {"name": "plane_curve", "resample": "sample", "target_scaling": "standard"}
    | {"n_samples": 60, "test_fraction": 0.2},
    {"name": "labels", "n_samples": 103, "resample": "split", "test_fraction": 0.2},
]


def make(dataset, n_seeds=5, **training):
    return RunConfig(
        dataset=dataset,
        model={"hidden_sizes": (6,), "activation": "tanh", "dropout": 0.1},
        training={
            "n_seeds": n_seeds,
            "seed": 2,
            "max_epochs": 4,
            "learning_rate": 0.01,
            **training,
        },
    )


@pytest.fixture(scope="module", params=DATA, ids=lambda d: f"{d['name']}-{d['resample']}")
def config(request):
    return make(request.param)


@pytest.fixture(scope="module")
def run(config):
    return train(config)


# ---- folds


@pytest.mark.parametrize("n", [20, 23, 150])
@pytest.mark.parametrize("n_folds", [2, 5, 7])
@pytest.mark.parametrize("classes", [None, 3])
def test_folds_are_equal_and_disjoint(n, n_folds, classes):
    y = None if classes is None else np.arange(n) % classes
    folds = [fold_rows(n, k, n_folds, 42, y) for k in range(n_folds)]
    assert {len(fold) for fold in folds} == {n // n_folds}
    together = np.concatenate(folds)
    assert len(np.unique(together)) == len(together) == n - n % n_folds
    assert set(together) <= set(range(n))
    if y is not None:
        counts = np.array([np.bincount(y[fold], minlength=classes) for fold in folds])
        assert np.ptp(counts, axis=0).max() <= 1


def test_folds_depend_on_the_seed():
    one, same, other = (fold_rows(100, 0, 5, seed) for seed in (1, 1, 2))
    assert one.tolist() == same.tolist() != other.tolist()


def test_leftover_samples_always_train():
    config = make({"name": "wine", "resample": "folds"}, n_seeds=5)  # 178 = 5 × 35 + 3
    assert config.sizes == (143, 0, 35)
    whole = load_dataset(DatasetConfig(name="wine")).X_train
    seen = np.concatenate([load_dataset(config, k).X_test for k in range(5)])
    left_over = {row.tobytes() for row in whole} - {row.tobytes() for row in seen}
    assert len(left_over) == 3
    for k in range(5):
        assert left_over <= {row.tobytes() for row in load_dataset(config, k).X_train}


# ---- data of each network


def test_each_network_has_its_own_data(config):
    sets = [load_dataset(config, k) for k in range(5)]
    assert {dataset.scored_split for dataset in sets} == {sets[0].scored_split}
    assert sets[0].scored_split != "train"
    for array in ARRAYS:
        assert len({getattr(dataset, array).shape for dataset in sets}) == 1
    assert len({dataset.X_train.tobytes() for dataset in sets}) == 5
    for dataset in sets:
        assert (
            len(dataset.y_train),
            len(dataset.y_validation),
            len(dataset.y_test),
        ) == config.sizes


def test_run_dataset_holds_the_data_of_all_networks(config):
    whole = load_run_dataset(config)
    for back in (whole, dataset_from_bytes(dataset_to_bytes(whole))):
        assert len(back.networks) == 5
        for k in range(5):
            alone = load_dataset(config, k)
            assert back.of(k).target_names == alone.target_names
            for array in ("target_mean", "target_scale", *ARRAYS):
                np.testing.assert_array_equal(getattr(back.of(k), array), getattr(alone, array))
            for array in ARRAYS:
                assert not getattr(back.of(k), array).flags.writeable


def test_shared_data_are_the_same_for_each_network():
    config = make({"name": "wine", "test_fraction": 0.2})
    assert load_dataset(config, 3) is load_dataset(config) is load_run_dataset(config).of(3)
    assert load_run_dataset(config).networks == ()


def test_scaling_is_fitted_to_each_networks_training_split():
    config = make({"name": "wine", "resample": "folds", "scaling": "minmax"})
    raw = make({"name": "wine", "resample": "folds"})
    for k in range(5):
        scaled, plain = load_dataset(config, k), load_dataset(raw, k)
        scaler = MinMaxScaler().fit(plain.X_train)
        np.testing.assert_allclose(scaled.X_test, scaler.transform(plain.X_test), atol=1e-5)


@pytest.mark.parametrize(("resample", "seed"), [("split", "split_seed"), ("sample", "seed")])
def test_network_k_has_the_data_of_seed_plus_k(resample, seed):
    data = {"name": "moons", "n_samples": 100, "test_fraction": 0.2}
    config = make({**data, "resample": resample, seed: 7})
    for k in range(3):
        alone = load_dataset(DatasetConfig(**data, **{seed: 7 + k}))
        for array in ARRAYS:
            np.testing.assert_array_equal(
                getattr(load_dataset(config, k), array), getattr(alone, array)
            )


def test_unknown_network_index_is_refused():
    config = make({"name": "wine", "resample": "folds"})
    with pytest.raises(ValueError, match="network: must be 0 to 4, got 5"):
        load_dataset(config, 5)
    with pytest.raises(ValueError, match="pass their number"):
        load_dataset(config.dataset)
    same = load_dataset(config.dataset, 2, n_networks=5)
    np.testing.assert_array_equal(same.X_test, load_dataset(config, 2).X_test)


# ---- training


@pytest.mark.parametrize(
    "config",
    [make(data) for data in DATA if data["resample"] != "folds"],
    ids=lambda config: config.digest[:8],
)
def test_network_k_equals_the_same_network_trained_alone(config):
    k, run = 3, train(config)
    alone = train(
        config.model_copy(
            update={
                "dataset": config.dataset.of_network(k),
                "training": config.training.model_copy(update={"n_seeds": 1, "seed": 2 + k}),
            }
        )
    )
    for name, values in alone.history.items():
        np.testing.assert_allclose(run.history[name][:, k], values[:, 0], rtol=2e-4, atol=1e-6)
    for (W, b), (V, c) in zip(run.layers(), alone.layers(), strict=True):
        np.testing.assert_allclose(W[k], V[0], rtol=1e-3, atol=1e-5)
        np.testing.assert_allclose(b[k], c[0], rtol=1e-3, atol=1e-5)


def test_training_on_a_fold_matches_training_on_its_samples(monkeypatch):
    config = make({"name": "wine", "resample": "folds", "scaling": "standard"})
    run = train(config)
    points = load_for_training(config)
    k = 4
    mine = dataclasses.replace(
        points,
        X={split: X[k] for split, X in points.X.items()},
        y={split: y[k] for split, y in points.y.items()},
    )
    alone = make(
        {"name": "wine", "test_fraction": 0.2, "scaling": "standard"}, n_seeds=1, seed=2 + k
    )
    monkeypatch.setattr(sys.modules["annlab.training.fit"], "load_for_training", lambda _: mine)
    single = train(alone)
    for name in ("train_loss", "test_loss", "test_accuracy"):
        np.testing.assert_allclose(
            run.history[name][:, k], single.history[name][:, 0], rtol=2e-4, atol=1e-6
        )


def test_each_network_is_scored_on_its_own_samples(config, run):
    split = load_run_dataset(config).scored_split
    found = evaluate(run, split=split)
    prefix = {"validation": "val", "test": "test"}[split]
    np.testing.assert_allclose(found.loss, run.history[f"{prefix}_loss"][-1], rtol=2e-4)
    metric = found.score.name
    np.testing.assert_allclose(
        getattr(found, metric), run.history[f"{prefix}_{metric}"][-1], rtol=2e-4
    )
    assert found.baselines.shape == (5,)
    assert found.baseline == pytest.approx(found.baselines.mean())
    assert (
        evaluate(Run.from_bytes(run.to_bytes()), split=split).loss.tolist() == found.loss.tolist()
    )


def test_a_run_records_its_numbers_of_samples(config, run):
    sizes = {name: n for name, n in config.sizes._asdict().items() if n}
    assert run.n_samples == sizes
    for split in sizes:
        rows = np.concatenate([_raw(config, k).split(split)[0] for k in range(5)])
        if config.dataset.resample == "sample":
            assert run.n_distinct[split] == 5 * sizes[split]
        else:  # rows of these data sets differ from one another
            assert run.n_distinct[split] == len(np.unique(rows, axis=0))


def _raw(config, k):
    dataset = config.dataset.model_copy(update={"scaling": "none"})
    return load_dataset(config.model_copy(update={"dataset": dataset}), k)


# ---- validation


@pytest.mark.parametrize(
    ("dataset", "n_seeds", "sentence"),
    [
        ({"name": "wine", "resample": "sample"}, 5, "'sample' is for generated data"),
        ({"name": "wine", "resample": "split"}, 5, "'split' needs samples that are held out"),
        (
            {"name": "wine", "resample": "folds", "test_fraction": 0.2},
            5,
            "'folds' tests on the folds: test_fraction must be 0",
        ),
        ({"name": "fashion_mnist", "resample": "folds"}, 5, "has a published test split"),
        (
            {"name": "fashion_mnist", "resample": "split", "validation_fraction": 0.1},
            5,
            "has a published test split",
        ),
        ({"name": "wine", "resample": "folds"}, 1, "at least 2 networks"),
        ({"name": "wine", "resample": "folds"}, 100, "100 folds of 178 samples would have 1 each"),
        *(
            ({"name": name, "noise": 0.0, "resample": "sample"}, 5, "'sample' needs noise")
            for name in ("moons", "circles", "sine", "spirals")
        ),
    ],
)
def test_impossible_resampling_is_refused_with_a_sentence(dataset, n_seeds, sentence):
    with pytest.raises(ValidationError) as error:
        make(dataset, n_seeds=n_seeds)
    assert any(sentence in said for said in explain(error.value)), explain(error.value)


@pytest.mark.parametrize("fraction", [0.2, 0.25, 1 / 3, 0.15])
@pytest.mark.parametrize("name", ["wine", "iris", "breast_cancer", "spirals"])
def test_split_sizes_match_scikit_learn(name, fraction):
    config = DatasetConfig(name=name, test_fraction=fraction, validation_fraction=0.25)
    if name == "spirals":  # 1,000 samples cannot be divided equally among three arms
        config = config.model_copy(update={"n_samples": 1000})
    dataset = load_dataset(config)
    assert config.sizes() == tuple(
        map(len, (dataset.y_train, dataset.y_validation, dataset.y_test))
    )


@pytest.mark.parametrize(
    "name", [name for name, spec in DATASETS.items() if "seed" in spec.defaults]
)
def test_generated_samples_are_all_different(name):
    low = DATASETS[name].noise_range.low
    noise = {"noise": low} if "noise" in DATASETS[name].defaults and low else {}
    config = make({"name": name, "n_samples": 60, "resample": "sample", **noise}, n_seeds=3)
    rows = np.concatenate(
        [
            np.column_stack([load_dataset(config, k).X_train, load_dataset(config, k).y_train])
            for k in range(3)
        ]
    )
    rows = rows[rows[:, :2].any(axis=1)]  # all arms of the spirals begin at the origin
    assert len(np.unique(rows, axis=0)) == len(rows) >= 100


def test_data_of_many_networks_need_little_memory():
    config = make(
        {"name": "moons", "n_samples": 4_000, "resample": "sample", "test_fraction": 0.2}, 60
    )
    load_for_training(config)  # imports and caches are not measured
    tracemalloc.start()
    points = load_for_training(config)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    kept = sum(array.nbytes for arrays in (points.X, points.y) for array in arrays.values())
    assert peak < 1.3 * kept
