"""The exported script: it runs without annlab, scores like annlab, and reads well."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annlab import Run, RunConfig, evaluate
from annlab.activations import ACTIVATIONS
from annlab.datasets import DATASETS, FUNCTIONS
from annlab.experiments import EXPERIMENTS
from annlab.initialisers import INITIALISERS
from annlab.optimizers import OPTIMIZERS
from annlab.script import LINE_LENGTH, lightning_script
from annlab.tasks import TASKS

Train = Callable[[RunConfig], Run]


def _config(data: dict[str, Any], model: dict[str, Any], training: dict[str, Any]) -> RunConfig:
    return RunConfig.model_validate({"dataset": data, "model": model, "training": training})


# Without chance: weights that start at zero, all points in every step. The script and annlab
# must then print the same number. One for each optimizer; losses and scalings take turns (but
# far from the target "mae" and "huber" have the gradient mean(x), which standard scaling makes
# a zero of rounding errors; some optimizers would blow that up).
EXACT = {
    f"{optimizer}, {loss}": _config(
        {
            "name": "diabetes",
            "test_fraction": 0.25,
            "validation_fraction": 0.1,
            "split_seed": 3,
            "scaling": scaling,
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
    for optimizer, loss, scaling, weight_decay in zip(
        OPTIMIZERS,
        cycle(TASKS["regression"].losses),
        cycle(("standard", "minmax", "minmax")),
        cycle((0.0, 0.3, 0.3, 0.0)),
        strict=False,
    )
}
# Not with Adam: the bias's first gradient is a zero of rounding errors, too.
EXACT["a scaled target"] = _config(
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
# The same with data that are not everywhere: their scripts read them as annlab does.
FROM_FILES = {
    "california_housing": _config(
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
    "fashion_mnist": _config(
        {"name": "fashion_mnist", "validation_fraction": 0.1},
        {"init": "zeros"},
        {"learning_rate": 0.01, "batch_size": 100_000, "max_epochs": 12},
    ),
}

# With chance: each takes a different way through the script.
BY_CHANCE = {
    "logistic regression": _config(
        {"name": "moons", "n_samples": 300}, {}, {"learning_rate": 0.03, "max_epochs": 10}
    ),
    "a split and scaling": _config(
        {"name": "breast_cancer", "test_fraction": 0.3, "scaling": "minmax"},
        {"hidden_sizes": (8,)},
        {"optimizer": "momentum", "learning_rate": 0.05, "max_epochs": 8},
    ),
    "early stopping": _config(
        {"name": "wine", "test_fraction": 0.2, "validation_fraction": 0.25, "scaling": "standard"},
        {"hidden_sizes": (8,)},
        {"learning_rate": 0.03, "max_epochs": 60, "early_stopping_patience": 2},
    ),
    "dropout and weight decay": _config(
        {"name": "spirals", "n_samples": 600, "noise": 0.2},
        {"hidden_sizes": (32,), "dropout": 0.4, "init": "he_normal"},
        {"learning_rate": 0.03, "weight_decay": 0.001, "batch_size": 64, "max_epochs": 30},
    ),
    "the step function": _config(
        {"name": "circles", "n_samples": 300},
        {"hidden_sizes": (8,), "activation": "step", "init": "pytorch"},
        {"learning_rate": 0.03, "max_epochs": 10},
    ),
    "the squared error of several classes": _config(
        {"name": "iris", "test_fraction": 0.3, "scaling": "minmax"},
        {"hidden_sizes": (8,)},
        {"loss": "mse", "learning_rate": 0.02, "max_epochs": 10},
    ),
    "the squared error of two classes": _config(
        {"name": "xor", "n_samples": 300},
        {"hidden_sizes": (4,), "activation": "tanh"},
        {"loss": "mse", "learning_rate": 0.03, "max_epochs": 12},
    ),
    "regression": _config(
        {"name": "diabetes", "test_fraction": 0.2, "scaling": "standard"},
        {"hidden_sizes": (8,), "output_activation": None},
        {"learning_rate": 0.05, "max_epochs": 8},
    ),
    "a curve with outliers": _config(
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

# Runs scripts one after the other in one process: most of a script's time are its imports.
_DRIVER = """
import contextlib, importlib.util, io, json, runpy, sys, warnings

assert importlib.util.find_spec("annlab") is None, "annlab must not be at hand"
results = {}
for path in sys.argv[1:]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        runpy.run_path(path, run_name="__main__")
    results[path] = [printed.getvalue(), [str(warning.message) for warning in caught]]
print(json.dumps(results))
"""
# Of Lightning itself, and about the machine.
_HARMLESS = ("LeafSpec", "num_workers", "GPU")


@dataclass(frozen=True)
class Printed:
    """What one script has printed, and what it was warned of."""

    text: str
    warnings: list[str]

    @property
    def said(self) -> str:
        """What the last line says before the score."""
        return self.text.strip().rpartition("\n")[2].rpartition(" ")[0]

    @property
    def score(self) -> float:
        """The number in the last line."""
        return float(self.text.rpartition(" ")[2])


def _environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1"}


def _with_seed(script: str, seed: int) -> str:
    changed, n = re.subn(r"^SEED = \d+", f"SEED = {seed}", script, flags=re.MULTILINE)
    assert n == 1
    return changed


@pytest.fixture(scope="module")
def default_script(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """The script of the default experiment, run as a student does; begun beside the others."""
    folder = tmp_path_factory.mktemp("default")
    (folder / "model_b.py").write_text(lightning_script(DEFAULT), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-P", "model_b.py"],
        cwd=folder,
        env={**_environment(), "PYTHONPATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield process
        process.kill()


@pytest.fixture(scope="module")
def printed(
    tmp_path_factory: pytest.TempPathFactory, default_script: subprocess.Popen[str]
) -> dict[str, list[Printed]]:
    """What the scripts of all configs print: by name, one for each seed that was tried."""
    folder = tmp_path_factory.mktemp("scripts")
    files: dict[str, list[str]] = {}
    for name, config in {**EXACT, **BY_CHANCE}.items():
        script = lightning_script(config)
        for seed in range(1 if name in EXACT else N_SCRIPTS):
            file = f"{len(files)}_{seed}.py"
            (folder / file).write_text(_with_seed(script, seed), encoding="utf-8")
            files.setdefault(name, []).append(file)
    done = subprocess.run(
        # -I: neither this folder nor PYTHONPATH, so that annlab cannot be imported.
        [
            sys.executable,
            "-I",
            "-c",
            _DRIVER,
            *(file for group in files.values() for file in group),
        ],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    results = json.loads(done.stdout)
    return {name: [Printed(*results[file]) for file in group] for name, group in files.items()}


def _scores(config: RunConfig, trained: Train, n_seeds: int) -> np.ndarray:
    training = config.training.model_copy(update={"n_seeds": n_seeds, "seed": 100})
    run = trained(config.model_copy(update={"training": training}))
    part = "test" if config.dataset.has_test else "train"
    return np.asarray(evaluate(run, split=part).headline)


@pytest.mark.parametrize("name", EXACT)
def test_without_chance_the_score_is_the_same(
    name: str, printed: dict[str, list[Printed]], trained: Train
) -> None:
    (expected,) = _scores(EXACT[name], trained, 1)
    untrained = 28_000  # about the mean squared target: the weights have moved
    assert expected < 0.999 * untrained
    assert printed[name][0].said == "mse on the test part:"
    assert printed[name][0].score == pytest.approx(expected, rel=1e-5)


def test_scripts_read_the_same_files(tmp_path: Path, shared_datasets: Path, trained: Train) -> None:
    files = {name: f"{name}.py" for name in FROM_FILES}
    for name, config in FROM_FILES.items():
        (tmp_path / files[name]).write_text(lightning_script(config), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-c", _DRIVER, *files.values()],
        cwd=tmp_path,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    results = json.loads(done.stdout)
    for name, metric, bounds in (
        ("california_housing", "mse", (0.5, 1.3)),  # always the mean: 1.31
        ("fashion_mnist", "accuracy", (0.4, 0.9)),
    ):
        one = Printed(*results[files[name]])
        (expected,) = _scores(FROM_FILES[name], trained, 1)
        assert bounds[0] < expected < bounds[1]
        assert one.said == f"{metric} on the test part:"
        assert one.score == pytest.approx(expected, abs=1e-4)
        assert [w for w in one.warnings if not any(word in w for word in _HARMLESS)] == []


@pytest.mark.parametrize("name", BY_CHANCE)
def test_with_chance_the_score_lies_within_the_spread(
    name: str, printed: dict[str, list[Printed]], trained: Train
) -> None:
    config = BY_CHANCE[name]
    part = "test" if config.dataset.test_fraction else "train"
    metric = "mse" if config.task.name == "regression" else "accuracy"
    for one in printed[name]:
        assert one.said == f"{metric} on the {part} part:"
    scores = _scores(config, trained, N_NETWORKS)
    found = np.array([one.score for one in printed[name]])
    # Four standard errors of the difference of two means.
    allowed = 4 * scores.std(ddof=1) * np.sqrt(1 / len(found) + 1 / len(scores))
    assert scores.std() > 0
    assert abs(found.mean() - scores.mean()) < allowed


def test_a_script_names_what_it_needs() -> None:
    pooch = "Needs torch, pytorch-lightning, scikit-learn and pooch.\n"
    assert pooch in lightning_script(FROM_FILES["fashion_mnist"])
    plain = lightning_script(DEFAULT)
    assert "Needs torch, pytorch-lightning and scikit-learn.\n" in plain
    assert "pooch" not in plain


def test_the_seed_of_a_script_counts(printed: dict[str, list[Printed]]) -> None:
    assert len({one.score for one in printed["regression"]}) == N_SCRIPTS


def test_early_stopping_ends_a_script_before_its_last_epoch(
    printed: dict[str, list[Printed]], trained: Train
) -> None:
    config = BY_CHANCE["early stopping"]
    never = config.training.model_copy(update={"early_stopping_patience": 0, "n_seeds": 3})
    early = config.training.model_copy(update={"n_seeds": 3})
    assert trained(config.model_copy(update={"training": early})).n_epochs < never.max_epochs
    script = lightning_script(config)
    assert 'EarlyStopping("val_loss", patience=2)' in script
    assert "EarlyStopping" not in lightning_script(config.model_copy(update={"training": never}))


@pytest.mark.parametrize("name", [*EXACT, *BY_CHANCE])
def test_a_script_runs_without_warnings(name: str, printed: dict[str, list[Printed]]) -> None:
    for one in printed[name]:
        assert [w for w in one.warnings if not any(word in w for word in _HARMLESS)] == []


def test_the_default_experiment_by_itself(
    default_script: subprocess.Popen[str], trained: Train
) -> None:
    text, _ = default_script.communicate(timeout=120)
    assert default_script.returncode == 0
    one = Printed(text, [])
    assert one.said == "accuracy on the train part:"
    scores = _scores(DEFAULT, trained, N_NETWORKS)
    # One score against the smallest and largest of thirty; two points of 1000 more.
    assert scores.min() - 0.002 <= one.score <= scores.max()


# --- how it reads ----------------------------------------------------------------------------

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
        f"activation {name}": _config({}, {"hidden_sizes": (3,), "activation": name}, {})
        for name, entry in ACTIVATIONS.items()
        if entry.elementwise
    },
    **{f"initialiser {name}": _config({}, {"init": name}, {}) for name in INITIALISERS},
    **{f"data {name}": _config({"name": name}, {}, {}) for name in DATASETS},
    **{f"from files, {name}": config for name, config in FROM_FILES.items()},
    **{
        f"function {name}": _config(
            {"name": "function_1d", "function": name, "target_scaling": "standard"}, {}, {}
        )
        for name in FUNCTIONS
    },
    **{
        f"output {name}": _config({"name": "diabetes"}, {"output_activation": name}, {})
        for name in TASKS["regression"].output_activations
    },
    **{
        f"long numbers, {optimizer}": _config(
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
                "n_seeds": 1000,
                "batch_size": 10_000,
                "seed": 2**31 - 1,
            },
        )
        for optimizer in OPTIMIZERS
        for weight_decay in (0.0, LONG)
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the script of every config in `READ`."""
    folder = tmp_path_factory.mktemp("read")
    for i, config in enumerate(READ.values()):
        (folder / f"script_{i}.py").write_text(lightning_script(config), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", READ)
def test_a_script_compiles(name: str) -> None:
    compile(lightning_script(READ[name]), name, "exec")


@pytest.mark.parametrize(
    "command",
    [("format", "--diff"), ("check", "--select", "E,F,I,W,B,UP,SIM,C4,PIE,RET")],
    ids=["format", "check"],
)
def test_scripts_are_well_written(command: tuple[str, ...], folder: Path) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    line_length = f"--config=line-length={LINE_LENGTH}"
    done = subprocess.run(
        [ruff, *command, "--isolated", "--no-cache", line_length, "."],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.parametrize("name", READ)
def test_all_imports_stand_at_the_top(name: str) -> None:
    lines = [line for line in lightning_script(READ[name]).splitlines() if line]
    importing = [i for i, line in enumerate(lines) if re.match(r"\s*(import|from) ", line)]
    assert importing == list(range(importing[0], importing[0] + len(importing)))


def test_a_script_says_which_of_annlabs_networks_it_is() -> None:
    assert "annlab's 20 networks: theirs are 0 to 19" in lightning_script(DEFAULT)
    alone = DEFAULT.training.model_copy(update={"n_seeds": 1, "seed": 7})
    script = lightning_script(DEFAULT.model_copy(update={"training": alone}))
    assert "SEED = 7  # as in annlab" in script
