"""Exported scripts are run, and what they print is compared with annlab."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from annlab import Run, RunConfig, evaluate
from annlab.datasets import Split
from tests.exports.configs import BY_CHANCE, EXACT, FROM_FILES

Train = Callable[[RunConfig], Run]
Write = Callable[[RunConfig], str]

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
    def scores(self) -> dict[str, float]:
        """Scores by the text before them."""
        lines = [line.rpartition(" ") for line in self.text.splitlines() if " split: " in line]
        return {said: float(score) for said, _, score in lines}

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
    evaluation = evaluate(_run(config, trained, n_seeds), split=scored_split(config))
    return np.asarray(evaluation.headline)


def _run(config: RunConfig, trained: Train, n_seeds: int) -> Run:
    training = config.training.model_copy(update={"n_seeds": n_seeds, "seed": 100})
    return trained(config.model_copy(update={"training": training}))


def assert_same_score(name: str, printed: Printed, trained: Train, rel: float = 1e-5) -> None:
    """Check the scores of a deterministic config."""
    config = EXACT[name]
    split, (headline, *_) = scored_split(config), config.task.scores
    run = _run(config, trained, config.training.n_seeds)
    evaluation = evaluate(run, split=split)
    expected = {
        f"{score.name} on the {split} split:": getattr(evaluation, score.name)[0]
        for score in config.task.scores
    }
    assert printed.scores == pytest.approx(expected, rel=rel, abs=6e-5)
    assert printed.said == f"{headline.name} on the {split} split:"
    untrained = evaluate(run, split=split, epoch=0).headline[0]
    if headline.higher_is_better:
        assert max(0.7, untrained) < evaluation.headline[0] < 1
    else:
        assert evaluation.headline[0] < 0.999 * untrained


def assert_within_spread(name: str, printed: Sequence[Printed], trained: Train) -> None:
    """Check the scores of a random config, from several seeds."""
    config = BY_CHANCE[name]
    split = scored_split(config)
    for one in printed:
        assert one.said == f"{config.task.headline.name} on the {split} split:"
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
