"""Exported searches: the configs of annlab, with the same effect in scikit-learn and Optuna."""

import ast
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig, evaluate
from annlab.exports.literals import LINE_LENGTH
from annlab.search.export import optuna_script, sklearn_script, why_no_script
from annlab.search.presets import PRESETS
from annlab.search.search_config import SearchConfig
from annlab.search.space import SearchedSetting
from tests.exports.scripts import Printed, run_scripts

RATE = SearchedSetting(address="lr", low=0.001, high=0.1, n_levels=2)
L2 = SearchedSetting(address="l2", low=0.001, high=0.3, n_levels=2)
SIZES = SearchedSetting(address="hidden", choices=("", "4-2"))
BATCH = SearchedSetting(address="batch", low=16, high=64, n_levels=2)
SOLVER = SearchedSetting(address="optimizer", choices=("adam", "sgd", "momentum", "nesterov"))
MOONS = RunConfig(
    dataset=DatasetConfig(name="moons", n_samples=100, validation_fraction=0.3, test_fraction=0.2),
    model=ModelConfig(hidden_sizes=(3,), activation="tanh"),
    training=TrainingConfig(max_epochs=9, seed=4),
)
# Every step uses all samples, and the start is forgotten in the end, so that scikit-learn's
# weights and ours are the same.
LINEAR = RunConfig(
    dataset=DatasetConfig(name="diabetes", validation_fraction=0.3, scaling="standard"),
    training=TrainingConfig(optimizer="sgd", learning_rate=0.1, batch_size=1000, max_epochs=400),
)
NUMBERS = RunConfig(
    dataset=DatasetConfig(
        name="plane_curve",
        validation_fraction=0.3,
        test_fraction=0.2,
        scaling="standard",
        target_scaling="standard",
    ),
    model=ModelConfig(features=("x", "x_cubed")),
    training=LINEAR.training,
)
LABELS = RunConfig(
    dataset=DatasetConfig(name="labels", validation_fraction=0.3, scaling="standard"),
    training=LINEAR.training,
)
SEARCHES = {
    "grid": SearchConfig(base=MOONS, space=(RATE, SIZES), n_seeds=2),
    "random": SearchConfig(base=MOONS, space=(RATE, BATCH, SIZES), strategy="random", n_configs=5),
    "hypercube": SearchConfig(base=MOONS, space=(RATE, L2), strategy="hypercube", n_configs=4),
    "halving": SearchConfig(base=MOONS, space=(RATE, L2), strategy="halving", n_configs=9),
    "regression": SearchConfig(
        base=LINEAR, space=(RATE.model_copy(update={"low": 0.05}), L2, SOLVER)
    ),
    "scaled target": SearchConfig(
        base=LINEAR.model_copy(
            update={"dataset": LINEAR.dataset.model_copy(update={"target_scaling": "standard"})}
        ),
        space=(L2,),
    ),
    "several numbers": SearchConfig(base=NUMBERS, space=(L2, SOLVER)),
    "several labels": SearchConfig(
        base=LABELS,
        space=(L2, SearchedSetting(address="optimizer", choices=("momentum", "nesterov"))),
    ),
}
WRITERS: dict[str, Callable[[SearchConfig], str]] = {
    "sklearn": sklearn_script,
    "optuna": optuna_script,
}
by_writer = pytest.mark.parametrize("writer", WRITERS)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Printed]:
    """Outputs of all scripts."""
    folder = tmp_path_factory.mktemp("searches")
    names = [(writer, search) for writer in WRITERS for search in SEARCHES]
    scripts = [WRITERS[writer](SEARCHES[search]) for writer, search in names]
    return dict(zip(names, run_scripts(scripts, folder), strict=True))


def _ranked(printed: Printed) -> list[tuple[float, dict[str, Any]]]:
    """Scores and settings that a script printed, the best last."""
    lines = [line for line in printed.text.splitlines() if not line.startswith("test split")]
    pairs = [line.split(maxsplit=1) for line in lines]
    return [(float(score), ast.literal_eval(settings)) for score, settings in pairs]


def _key(settings: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(settings.items()))


def _tried(search: SearchConfig) -> list[tuple[tuple[str, Any], ...]]:
    """Configs of a search as a script names them."""
    names = [searched.setting.name for searched in search.space]
    return sorted(
        _key(
            {
                name: "-".join(map(str, value)) if isinstance(value, tuple) else value
                for name, value in zip(names, combination, strict=True)
            }
        )
        for combination in search.combinations()
    )


@by_writer
@pytest.mark.parametrize("name", SEARCHES)
def test_a_script_tries_the_configs_of_the_search(
    printed: dict[tuple[str, str], Printed], writer: str, name: str
) -> None:
    one = printed[writer, name]
    found = sorted(_key(settings) for _, settings in _ranked(one))
    if (writer, name) == ("optuna", "halving"):  # what Optuna pruned has no score
        assert set(found) < set(_tried(SEARCHES[name]))
    else:
        assert found == _tried(SEARCHES[name])
    assert one.own_warnings == []


@by_writer
@pytest.mark.parametrize(
    "name", ["regression", "scaled target", "several numbers", "several labels"]
)
def test_settings_have_the_same_effect_in_scikit_learn(
    printed: dict[tuple[str, str], Printed], writer: str, name: str, trained: Any
) -> None:
    theirs = {_key(settings): score for score, settings in _ranked(printed[writer, name])}
    search, compared = SEARCHES[name], 0
    for config in search.configs():
        values = {s.setting.name: s.setting.get(config) for s in search.space}
        if values.get("optimizer") == "adam":
            continue  # its steps do not grow with the error, so it does not get there
        (ours,) = evaluate(trained(config), split="validation").headline
        assert theirs[_key(values)] == pytest.approx(ours, rel=2e-3)
        compared += 1
    assert compared >= len(search.combinations()) * 0.7
    # L2 and the rate matter: the scores differ by more than what is allowed.
    assert max(theirs.values()) > 1.004 * min(theirs.values())


@pytest.mark.parametrize(
    "name", ["regression", "scaled target", "several numbers", "several labels"]
)
def test_a_step_of_scikit_learn_is_one_of_annlab(name: str) -> None:
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss

    names: dict[str, Any] = {}
    with warnings.catch_warnings():  # the script ignores one
        exec(sklearn_script(SEARCHES[name]).split("# --- Search ---")[0], names)
        X, y = names["splits"]["train"]
        if "target_mean" in names:
            y = (y - names["target_mean"]) / names["target_scale"]
        model = names["network"](0, 1, learning_rate=0.05, weight_decay=0.3)
        model.fit(X, y)
    start = [torch.tensor(model.coefs_[0]), torch.tensor(model.intercepts_[0])]
    W, b = [values.requires_grad_() for values in start]
    model.partial_fit(X, y)
    target = torch.tensor(y, dtype=torch.float64).reshape(len(y), -1)
    loss = binary_cross_entropy_with_logits if "labels" in name else mse_loss
    (loss(torch.tensor(X) @ W + b, target) + 0.3 / 2 * (W**2).sum()).backward()
    for values, found in ((W, model.coefs_[0]), (b, model.intercepts_[0])):
        assert values.grad is not None
        expected = (values - 0.05 * values.grad).detach().numpy()
        assert np.abs(expected - values.detach().numpy()).max() > 1e-3
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@by_writer
def test_the_best_config_is_printed_last_and_opens_the_test(
    printed: dict[tuple[str, str], Printed], writer: str
) -> None:
    scores = [score for score, _ in _ranked(printed[writer, "grid"])]
    assert scores == sorted(scores)
    errors = [score for score, _ in _ranked(printed[writer, "regression"])]
    assert errors == sorted(errors, reverse=True)
    *_, best, last = printed[writer, "grid"].text.splitlines()
    assert last.startswith("test split: ")
    assert last.endswith(best.split(maxsplit=1)[1])
    assert "test split" not in printed[writer, "regression"].text


def test_halving_in_scikit_learn_ends_with_those_that_trained_longest() -> None:
    assert "RUNGS = [(1, 9), (3, 3), (9, 1)]" in sklearn_script(SEARCHES["halving"])
    assert "RUNGS = [(9, 4)]" in sklearn_script(SEARCHES["hypercube"])


def _all_scripts() -> dict[str, str]:
    searches = {**SEARCHES, **{name: preset.config for name, preset in PRESETS.items()}}
    searches["long"] = SearchConfig(
        base=MOONS,
        space=(
            SearchedSetting(address="hidden", choices=("64-64-64-64-64-64-64-64-64-64", "8")),
            RATE.model_copy(update={"n_levels": 40}),
            L2,
        ),
    )
    squares = MOONS.model.model_copy(update={"features": ("x1", "x1_squared", "sin_x2")})
    searches["derived features"] = SearchConfig(
        base=MOONS.model_copy(update={"model": squares}), space=(RATE,)
    )
    searches["long, random"] = searches["long"].model_copy(
        update={"strategy": "random", "n_configs": 9}
    )
    return {
        f"{writer} {name}": write(search)
        for name, search in searches.items()
        for writer, write in WRITERS.items()
    }


@pytest.mark.parametrize(
    "command",
    [("format", "--diff"), ("check", "--select", "E,F,I,W,B,UP,SIM,C4,PIE,RET")],
    ids=["format", "check"],
)
def test_scripts_are_well_written(command: tuple[str, ...], tmp_path: Path) -> None:
    for name, script in _all_scripts().items():
        compile(script, name, "exec")
        (tmp_path / f"{name.replace(' ', '_').replace(',', '')}.py").write_text(script)
    ruff = Path(sys.executable).with_name("ruff")
    line_length = f"--config=line-length={LINE_LENGTH}"
    done = subprocess.run(
        [ruff, *command, "--isolated", "--no-cache", line_length, "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def _why_not(*, space: tuple[SearchedSetting, ...] = (RATE,), **model: Any) -> str:
    base = MOONS.model_copy(update={"model": MOONS.model.model_copy(update=model)})
    return why_no_script(SearchConfig(base=base, space=space))


def test_settings_that_scikit_learn_lacks_are_named() -> None:
    assert _why_not() == ""
    assert _why_not(init="he_normal") == ""
    assert _why_not(features=("x1_squared",)) == ""
    lacks = "scikit-learn's networks do not have"
    assert _why_not(dropout=0.5) == f"Dropout: {lacks} this setting."
    assert _why_not(activation="gelu") == f"Activation gelu: {lacks} it."
    dropout = SearchedSetting(address="dropout", low=0.0, high=0.5)
    assert _why_not(space=(dropout,)) == f"Dropout: {lacks} this setting."
    wide = SearchedSetting(address="wide", choices=("False", "True"))
    assert _why_not(space=(wide,)) == f"Wide and deep: {lacks} this setting."
    assert _why_not(hidden_sizes=(4,), wide=True) == f"Wide and deep: {lacks} this setting."
    init = SearchedSetting(address="init", choices=("glorot_uniform", "he_normal"))
    assert _why_not(space=(RATE, init)) == f"Weight initialization: {lacks} this setting."
    optimizers = SearchedSetting(address="optimizer", choices=("adam", "adamw"))
    assert _why_not(space=(optimizers,)) == f"Optimizer adamw: {lacks} it."
    for write in WRITERS.values():
        with pytest.raises(ValueError, match=f"^Optimizer adamw: {lacks} it.$"):
            write(SearchConfig(base=MOONS, space=(optimizers,)))


def test_a_diverged_network_has_the_worst_score(tmp_path: Path) -> None:
    wild = SearchedSetting(address="lr", low=0.01, high=100.0, n_levels=2)
    search = SearchConfig(base=LINEAR, space=(wild,))
    (one,) = run_scripts([sklearn_script(search)], tmp_path)
    scores = [score for score, _ in _ranked(one)]
    assert scores[0] == np.inf
    assert np.isfinite(scores[1])
