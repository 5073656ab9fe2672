"""Configs for the tests of exported scripts, and helpers that run the scripts."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annlab import Run, RunConfig, evaluate
from annlab.datasets import DATASETS, FUNCTIONS, Split
from annlab.lessons.experiments import EXPERIMENTS
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.initializers import INITIALIZERS
from annlab.nn.optimizers import OPTIMIZERS
from annlab.nn.tasks import TASKS

Train = Callable[[RunConfig], Run]
Write = Callable[[RunConfig], str]


def config_of(data: dict[str, Any], model: dict[str, Any], training: dict[str, Any]) -> RunConfig:
    return RunConfig.model_validate({"dataset": data, "model": model, "training": training})


# Deterministic: weights start at zero and every step uses all samples, so script and annlab must
# print the same score. One config per optimizer, with alternating losses and scalings (far from
# the target, "mae" and "huber" have the gradient mean(x), which standard scaling reduces to
# rounding errors that some optimizers amplify).
EXACT = {
    f"{optimizer}, {loss}": config_of(
        {
            "name": "diabetes",
            "test_fraction": 0.25,
            "validation_fraction": 0.1,
            "split_seed": 3,
            "scaling": "standard" if loss == "mse" else "minmax",
        },
        {"init": "zeros"},
        {
            "optimizer": optimizer,
            "loss": loss,
            "learning_rate": 0.05,
            "momentum": 0.8,
            "weight_decay": weight_decay,
            "batch_size": 1000,
            "max_epochs": 12,
        },
    )
    for optimizer, loss, weight_decay in zip(
        OPTIMIZERS, cycle(TASKS["regression"].losses), cycle((0.0, 0.3, 0.3, 0.0)), strict=False
    )
}
# Not with Adam, because the first gradient of the bias consists of rounding errors.
EXACT["a scaled target"] = config_of(
    {
        "name": "diabetes",
        "test_fraction": 0.25,
        "split_seed": 3,
        "scaling": "minmax",
        "target_scaling": "standard",
    },
    {"init": "zeros"},
    {"optimizer": "momentum", "learning_rate": 0.05, "batch_size": 1000, "max_epochs": 12},
)
# With the defaults of Keras.
for optimizer, own in (("rmsprop", {"rho": 0.9}), ("adagrad", {"initial_accumulator": 0.1})):
    EXACT[f"{optimizer} as in Keras"] = config_of(
        {"name": "diabetes", "test_fraction": 0.25, "split_seed": 3, "scaling": "minmax"},
        {"init": "zeros"},
        {
            "optimizer": optimizer,
            "learning_rate": 0.05,
            "batch_size": 1000,
            "max_epochs": 12,
            **own,
        },
    )
# First of several networks with separate data.
EXACT["folds"] = config_of(
    {
        "name": "diabetes",
        "resample": "folds",
        "split_seed": 3,
        "scaling": "minmax",
        "target_scaling": "standard",
    },
    {"init": "zeros"},
    {
        "optimizer": "momentum",
        "learning_rate": 0.05,
        "batch_size": 1000,
        "max_epochs": 12,
        "n_seeds": 5,
    },
)
# float32 targets lose the noise, so their standard deviation is 0. The other split has both
# values.
EXACT["a constant target"] = config_of(
    {
        "name": "function_1d",
        "function": "step",
        "n_samples": 20,
        "noise": 1e-9,
        "seed": 1,
        "test_fraction": 0.75,
        "target_scaling": "standard",
    },
    {"init": "zeros", "output_activation": "softplus"},
    {"optimizer": "sgd", "learning_rate": 0.05, "batch_size": 1000, "max_epochs": 12},
)
# Stops after 19 of 60 epochs, with and without the penalty on the weights.
EXACT["early stopping with weight decay"] = config_of(
    {
        "name": "diabetes",
        "test_fraction": 0.25,
        "validation_fraction": 0.1,
        "split_seed": 3,
        "scaling": "minmax",
        "target_scaling": "standard",
    },
    {"init": "zeros"},
    {
        "optimizer": "momentum",
        "learning_rate": 0.1,
        "weight_decay": 0.3,
        "batch_size": 1000,
        "max_epochs": 60,
        "early_stopping_patience": 2,
    },
)
# Data sets read from files, which the scripts read like annlab.
FROM_FILES = {
    "california_housing": config_of(
        {
            "name": "california_housing",
            "test_fraction": 0.2,
            "scaling": "minmax",
            "target_scaling": "standard",
        },
        {"init": "zeros"},
        {
            "optimizer": "momentum",
            "learning_rate": 0.05,
            "batch_size": 100_000,
            "max_epochs": 12,
        },
    ),
    "fashion_mnist": config_of(
        {"name": "fashion_mnist", "validation_fraction": 0.1},
        {"init": "zeros"},
        {"learning_rate": 0.01, "batch_size": 100_000, "max_epochs": 12},
    ),
}

# Random: each config takes a different path through the script generator.
BY_CHANCE = {
    "logistic regression": config_of(
        {"name": "moons", "n_samples": 300}, {}, {"learning_rate": 0.03, "max_epochs": 10}
    ),
    "a split and scaling": config_of(
        {"name": "breast_cancer", "test_fraction": 0.3, "scaling": "minmax"},
        {"hidden_sizes": (8,)},
        {"optimizer": "momentum", "learning_rate": 0.05, "max_epochs": 8},
    ),
    "early stopping": config_of(
        {"name": "wine", "test_fraction": 0.2, "validation_fraction": 0.25, "scaling": "standard"},
        {"hidden_sizes": (8,)},
        {"learning_rate": 0.03, "max_epochs": 60, "early_stopping_patience": 2},
    ),
    "a validation split only": config_of(
        {"name": "moons", "n_samples": 300, "validation_fraction": 0.3},
        {"hidden_sizes": (6,)},
        {"learning_rate": 0.03, "max_epochs": 10},
    ),
    "early stopping with dropout and without a validation split": config_of(
        {"name": "moons", "n_samples": 200, "noise": 0.3},
        {"hidden_sizes": (16,), "dropout": 0.4},
        {"learning_rate": 0.03, "max_epochs": 120, "early_stopping_patience": 5},
    ),
    "dropout and weight decay": config_of(
        {"name": "spirals", "n_samples": 600, "noise": 0.2},
        {"hidden_sizes": (32,), "dropout": 0.4, "init": "he_normal"},
        {"learning_rate": 0.03, "weight_decay": 0.001, "batch_size": 64, "max_epochs": 30},
    ),
    "the step function": config_of(
        {"name": "circles", "n_samples": 300},
        {"hidden_sizes": (8,), "activation": "step", "init": "pytorch"},
        {"learning_rate": 0.03, "max_epochs": 10},
    ),
    "the squared error of several classes": config_of(
        {"name": "iris", "test_fraction": 0.3, "scaling": "minmax"},
        {"hidden_sizes": (8,)},
        {"loss": "mse", "learning_rate": 0.02, "max_epochs": 10},
    ),
    "the squared error of two classes": config_of(
        {"name": "xor", "n_samples": 300},
        {"hidden_sizes": (4,), "activation": "tanh"},
        {"loss": "mse", "learning_rate": 0.03, "max_epochs": 12},
    ),
    "regression": config_of(
        {"name": "diabetes", "test_fraction": 0.2, "scaling": "standard"},
        {"hidden_sizes": (8,), "output_activation": None},
        {"learning_rate": 0.05, "max_epochs": 8},
    ),
    "a curve with outliers": config_of(
        {
            "name": "function_1d",
            "function": "abs",
            "gap": 1.0,
            "outliers": 0.1,
            "test_fraction": 0.3,
            "target_scaling": "standard",
        },
        {"hidden_sizes": (8,)},
        {"loss": "huber", "learning_rate": 0.02, "max_epochs": 20},
    ),
}
DEFAULT = EXPERIMENTS["E4"].runs[1]

N_SCRIPTS = 3
N_NETWORKS = 30

# Runs scripts one by one in one process, because imports take most of the time.
_DRIVER = """
import contextlib, importlib.util, io, json, runpy, sys, warnings

assert importlib.util.find_spec("annlab") is None, "annlab must not be at hand"
results = {}
for path in sys.argv[1:]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        names = runpy.run_path(path, run_name="__main__")
    # After how many epochs it stopped: Lightning's trainer or Keras's callback knows.
    epochs = names["trainer"].current_epoch if "trainer" in names else None
    if "early_stopping" in names and hasattr(names["early_stopping"], "stopped_epoch"):
        epochs = epochs or names["early_stopping"].stopped_epoch + 1
    results[path] = [printed.getvalue(), [str(warning.message) for warning in caught], epochs]
print(json.dumps(results))
"""
# Warnings of Lightning and Keras about themselves or the machine.
_HARMLESS = ("LeafSpec", "num_workers", "GPU", "__array__ implementation")


@dataclass(frozen=True)
class Printed:
    """Output and warnings of one script."""

    text: str
    warnings: list[str]
    epochs: int | None = None

    @property
    def said(self) -> str:
        """Text before the score in the last line."""
        return self.text.strip().rpartition("\n")[2].rpartition(" ")[0]

    @property
    def score(self) -> float:
        """Score in the last line."""
        return float(self.text.rpartition(" ")[2])

    @property
    def own_warnings(self) -> list[str]:
        """Warnings caused by the script itself."""
        return [w for w in self.warnings if not any(word in w for word in _HARMLESS)]


def environment() -> dict[str, str]:
    """One core, no annlab, Keras on PyTorch."""
    # Importing Streamlit sets a Matplotlib backend that cannot show figures.
    inherited = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    return {**inherited, "OMP_NUM_THREADS": "1", "PYTHONPATH": "", "KERAS_BACKEND": "torch"}


def run_scripts(scripts: Sequence[str], folder: Path) -> list[Printed]:
    """Run scripts in one process that cannot import annlab."""
    files = [f"{i}.py" for i in range(len(scripts))]
    for file, script in zip(files, scripts, strict=True):
        (folder / file).write_text(script, encoding="utf-8")
    done = subprocess.run(
        # -I: neither this folder nor PYTHONPATH, so that annlab cannot be imported.
        [sys.executable, "-I", "-c", _DRIVER, *files],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=550,  # below the timeout of a test
    )
    assert done.returncode == 0, done.stderr[-3000:]
    results = json.loads(done.stdout)
    return [Printed(*results[file]) for file in files]


def run_all(write: Write, folder: Path) -> dict[str, list[Printed]]:
    """Outputs of the scripts by name of the config, one per seed."""
    scripts: dict[str, list[str]] = {}
    for name, config in {**EXACT, **BY_CHANCE}.items():
        seeds = range(1 if name in EXACT else N_SCRIPTS)
        scripts[name] = [with_seed(write(config), seed) for seed in seeds]
    printed = iter(run_scripts([one for group in scripts.values() for one in group], folder))
    return {name: [next(printed) for _ in group] for name, group in scripts.items()}


def with_seed(script: str, seed: int) -> str:
    changed, n = re.subn(r"^SEED = \d+", f"SEED = {seed}", script, flags=re.MULTILINE)
    assert n == 1
    return changed


def scored_split(config: RunConfig) -> Split:
    """Split that annlab uses for the score of a run."""
    if config.has_test:
        return "test"
    return "validation" if config.has_validation else "train"


def scores(config: RunConfig, trained: Train, n_seeds: int) -> np.ndarray:
    """Scores of annlab networks with other seeds."""
    training = config.training.model_copy(update={"n_seeds": n_seeds, "seed": 100})
    run = trained(config.model_copy(update={"training": training}))
    return np.asarray(evaluate(run, split=scored_split(config)).headline)


def assert_same_score(name: str, printed: Printed, trained: Train, rel: float = 1e-5) -> None:
    """Check the scores of a deterministic config."""
    expected, *_ = scores(EXACT[name], trained, EXACT[name].training.n_seeds)
    untrained = 28_000  # about the mean squared target; a trained network is better
    assert expected < 0.999 * untrained
    assert printed.said == f"mse on the {scored_split(EXACT[name])} split:"
    assert printed.score == pytest.approx(expected, rel=rel, abs=6e-5)


def assert_within_spread(name: str, printed: Sequence[Printed], trained: Train) -> None:
    """Check the scores of a random config, from several seeds."""
    config = BY_CHANCE[name]
    split = scored_split(config)
    metric = "mse" if config.task.name == "regression" else "accuracy"
    for one in printed:
        assert one.said == f"{metric} on the {split} split:"
    expected = scores(config, trained, N_NETWORKS)
    found = np.array([one.score for one in printed])
    # Within four standard errors of the difference of two means.
    allowed = 4 * expected.std(ddof=1) * np.sqrt(1 / len(found) + 1 / len(expected))
    assert expected.std() > 0
    assert abs(found.mean() - expected.mean()) < allowed


def assert_stops_where_annlab_stops(printed: Printed, trained: Train) -> None:
    """Of the config without chance that stops early."""
    config = EXACT["early stopping with weight decay"]
    run = trained(config)
    assert run.stops_early
    assert run.n_epochs < config.training.max_epochs
    assert printed.epochs == run.n_epochs


def assert_stops_in_as_many_epochs(printed: Sequence[Printed], trained: Train) -> None:
    """Of the config with dropout that watches the training loss."""
    config = BY_CHANCE["early stopping with dropout and without a validation split"]
    training = config.training.model_copy(update={"n_seeds": N_NETWORKS, "seed": 100})
    ours = trained(config.model_copy(update={"training": training})).epochs_trained
    theirs = [one.epochs for one in printed]
    # Half a range beyond both ends: three of theirs against thirty of ours.
    room = (ours.max() - ours.min()) / 2
    assert ours.min() - room <= min(theirs) <= max(theirs) <= ours.max() + room


def assert_same_files_are_read(write: Write, folder: Path, trained: Train) -> None:
    """Check the scores of the configs in `FROM_FILES`."""
    printed = run_scripts([write(config) for config in FROM_FILES.values()], folder)
    bounds = {
        "california_housing": ("mse", 0.5, 1.3),  # always the mean: 1.31
        "fashion_mnist": ("accuracy", 0.4, 0.9),
    }
    for (name, config), one in zip(FROM_FILES.items(), printed, strict=True):
        metric, low, high = bounds[name]
        (expected,) = scores(config, trained, 1)
        assert low < expected < high
        assert one.said == f"{metric} on the test split:"
        assert one.score == pytest.approx(expected, abs=1e-4)
        assert one.own_warnings == []


# --- scripts that are only read --------------------------------------------------------------

LONG = 0.12345678901234567
READ = {
    **{
        f"{name} {letter}": run
        for name, entry in EXPERIMENTS.items()
        for letter, run in zip("ABCDEF", entry.runs, strict=False)
    },
    **EXACT,
    **BY_CHANCE,
    **{
        f"activation {name}": config_of({}, {"hidden_sizes": (3,), "activation": name}, {})
        for name, entry in ACTIVATIONS.items()
        if entry.elementwise
    },
    **{
        f"early stopping, {optimizer}, {weight_decay}, {validation_fraction}": config_of(
            {"name": "diabetes", "validation_fraction": validation_fraction},
            {},
            {
                "optimizer": optimizer,
                "weight_decay": weight_decay,
                "early_stopping_patience": 10_000,
            },
        )
        for optimizer in ("adam", "adamw")
        for weight_decay in (0.0, 0.1)
        for validation_fraction in (0.0, 0.2)
    },
    **{f"initializer {name}": config_of({}, {"init": name}, {}) for name in INITIALIZERS},
    **{f"data {name}": config_of({"name": name}, {}, {}) for name in DATASETS},
    **{f"from files, {name}": config for name, config in FROM_FILES.items()},
    **{
        f"function {name}": config_of(
            {"name": "function_1d", "function": name, "target_scaling": "standard"}, {}, {}
        )
        for name in FUNCTIONS
    },
    **{
        f"output {name}": config_of({"name": "diabetes"}, {"output_activation": name}, {})
        for name in TASKS["regression"].output_activations
    },
    **{
        f"long numbers, {optimizer}": config_of(
            {
                "name": "spirals",
                "n_samples": 19_999,
                "noise": LONG,
                "n_classes": 7,
                "seed": 2**31 - 1,
                "test_fraction": LONG,
                "validation_fraction": LONG,
                "split_seed": 2**31 - 1,
                "scaling": "minmax",
            },
            {"hidden_sizes": (100,) * 10, "activation": "leaky_relu", "dropout": LONG},
            {
                "optimizer": optimizer,
                "learning_rate": LONG / 10_000,
                "momentum": LONG,
                "weight_decay": weight_decay,
                "max_epochs": 1,
                "n_seeds": 10,
                "batch_size": 1000,
                "seed": 2**31 - 1,
            },
        )
        for optimizer in OPTIMIZERS
        for weight_decay in (0.0, LONG)
    },
}
