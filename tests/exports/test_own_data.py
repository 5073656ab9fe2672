"""Scripts for data of one's own read, split and prepare them as annlab does."""

import json
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from annlab import Dataset, RunConfig, load_dataset
from annlab.datasets.own import tables
from annlab.datasets.own.drawing.drawn_file import write_drawn_file
from annlab.datasets.own.drawing.drawn_table import drawn_table
from annlab.datasets.own.own_data import OwnData
from annlab.datasets.own.recipe import Dialect
from annlab.datasets.own.table import Table
from annlab.exports import script
from annlab.exports.keras import keras_script
from annlab.exports.lightning import lightning_script
from annlab.exports.literals import LINE_LENGTH, text_literal
from annlab.exports.notebook import notebook
from annlab.exports.search_script import ScriptedSearch, sklearn_search
from annlab.nn.tasks import TASKS
from tests.datasets.own.drawing.drawings import at_random
from tests.exports.configs import config_of
from tests.exports.own_files import HOSTILE, own_file

SPLITS: dict[str, Any] = {"test_fraction": 0.25, "validation_fraction": 0.2, "split_seed": 3}
FILES: dict[str, dict[str, Any]] = {
    "plain": {},
    "without gaps": {"gaps": False, "task": "binary"},
    "a number as target": {"task": "regression"},
    "several numbers": {"task": "multioutput_regression"},
    "several labels": {"task": "multilabel"},
    "groups": {"groups": True},
    "groups of several labels": {"groups": True, "task": "multilabel", "gaps": False},
    "groups of a number as target": {"groups": True, "task": "regression"},
    "packed": {"title": "mixed.csv.gz"},
    "hostile": {"names": HOSTILE, "title": '"""\nraise SystemExit("no") \\ {x} $y.csv'},
    "hostile labels": {"names": HOSTILE, "title": "${x}.csv", "task": "multilabel"},
    "several numbers with commas": {
        "dialect": Dialect(delimiter=";", decimal=",", thousands=".", missing=("-999",)),
        "names": HOSTILE,
        "task": "multioutput_regression",
    },
    "semicolons": {
        "dialect": Dialect(
            encoding="cp1252",
            delimiter=";",
            decimal=",",
            thousands=".",
            missing=("?", "n/a", "-999"),
        ),
        "task": "regression",
    },
    "tabs": {
        "dialect": Dialect(encoding="utf-16", delimiter="\t", thousands=" ", decimal=","),
        "groups": True,
    },
    "apostrophes": {"dialect": Dialect(delimiter="|", thousands="'", missing=("NA",))},
    "title and footer": {"dialect": Dialect(n_title_rows=1, n_footer_rows=2)},
    "a footer only": {"dialect": Dialect(has_header=False, n_footer_rows=1)},
}
SHEET = Dialect(sheet="second")
SCALINGS = ("none", "minmax", "standard")


def _config(own: OwnData, scaling: str = "standard", **data: Any) -> RunConfig:
    scales = TASKS[own.task].scales_target
    target = {"target_scaling": "standard"} if scales else {}
    return config_of(
        {"own": own, **SPLITS, "scaling": scaling, **target, **data}, {}, {"n_seeds": 3}
    )


TABLES: list[Table] = []


def _configs() -> dict[str, tuple[bytes, RunConfig]]:
    found = {}
    for k, (name, options) in enumerate(FILES.items()):
        data, table = own_file(**options)
        TABLES.append(table)
        found[name] = data, _config(table.own, SCALINGS[k % 3])
    data, config = found["plain"]
    own = config.dataset.own
    assert own
    without_test: dict[str, Any] = {"test_fraction": 0}
    found["own folds"] = data, _config(own, resample="folds", **without_test)
    found["own splits"] = data, _config(own, resample="split")
    return found


CONFIGS = _configs()


@pytest.fixture(autouse=True)
def _at_hand() -> None:
    """Provide the tables again: other tests fill the place for them."""
    for table in TABLES:
        tables.provide(table)


def _assert_same_data(config: RunConfig) -> None:
    section = script.data_section(config)
    made: dict[str, Any] = {}
    exec("\n".join(section.imports) + "\n" + section.text, made)
    dataset = load_dataset(config, 0)
    assert dataset.config
    assert set(made["splits"]) == {"train", "validation", "test"}
    for split, (X, y) in made["splits"].items():
        X_expected, y_expected = dataset.split(split)
        np.testing.assert_array_equal(X.astype(np.float32), X_expected)
        np.testing.assert_array_equal(y.astype(y_expected.dtype), y_expected)
    if config.dataset.target_scaling != "none":
        np.testing.assert_array_equal(made["target_mean"], dataset.target_mean)
        np.testing.assert_array_equal(made["target_scale"], dataset.target_scale)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_script_reads_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, config = CONFIGS[name]
    monkeypatch.chdir(tmp_path)
    assert config.dataset.own
    Path(config.dataset.own.title).write_bytes(data)
    _assert_same_data(config)


def test_a_script_reads_a_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _, table = own_file(SHEET, title="mixed.xlsx")
    size, gaps, color = table.own.columns
    # Dates and clock times are no texts in a workbook.
    color = color.model_copy(update={"values": ("red", "2019-05-01", "2019-05-01 12:30:00")})
    own = table.own.model_copy(update={"content": "a" * 64, "columns": (size, gaps, color)})
    assert own.recipe
    tables.provide(type(table)(own, table.X, table.y))
    book = openpyxl.Workbook()
    sheet = book.create_sheet("second")
    sheet.append([column.name for column in own.recipe.columns])
    names = ["red", date(2019, 5, 1), datetime(2019, 5, 1, 12, 30), True]
    # Whole numbers and booleans are no texts in a workbook; a row ends with its last cell.
    for (size, weight, color), kind in zip(table.X.tolist(), table.y, strict=True):
        shown = None if np.isnan(color) else names[int(color)]
        gap = None if np.isnan(weight) else weight
        sheet.append([size, gap, None, shown, own.class_names[kind]])
    book.save("mixed.xlsx")
    _assert_same_data(_config(own))


@pytest.mark.parametrize("groups", [False, True])
@pytest.mark.parametrize("labels", [["no", "yes"], [3, 1, 2]])
def test_a_script_loads_arrays(
    labels: list[Any], groups: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(80, 2)), np.array(labels)[rng.integers(0, len(labels), 80)]
    farms = rng.integers(0, 20, 80)
    data = Dataset.from_arrays(X, y, groups=farms if groups else None, **SPLITS)
    assert data.config
    for name, array in {"X": X, "y": y, "groups": farms}.items():
        np.save(name, array)
    _assert_same_data(RunConfig(dataset=data.config))


@pytest.mark.parametrize("kind", ["values", "labels", "a column"])
def test_a_script_loads_arrays_of_several_targets(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    X = np.random.default_rng(1).normal(size=(80, 2))
    y = {"values": X**2, "labels": X > [0, 0.5], "a column": X[:, :1] ** 3}[kind]
    data = Dataset.from_arrays(X, y, **SPLITS)
    assert data.config
    np.save("X", X)
    np.save("y", y)
    _assert_same_data(RunConfig(dataset=data.config))


@pytest.mark.parametrize("mode", ["classes", "curve"])
def test_a_script_holds_drawn_points(
    mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    drawn = at_random(90, mode)
    table = drawn_table(drawn)
    _assert_same_data(_config(table.own))
    # A link to many points lacks them, so the script reads their file.
    tables.provide(table)
    Path("points.csv").write_bytes(write_drawn_file(drawn))
    bare = table.own.model_copy(update={"points": ""})
    text = script.data_section(_config(bare)).text
    assert "POINTS" not in text
    made: dict[str, Any] = {"np": np}
    exec(text.partition("X, y = read_samples()")[0], made)
    X, y = made["read_samples"]()
    np.testing.assert_array_equal(X, table.X)
    np.testing.assert_array_equal(y, table.y)


@pytest.mark.parametrize("name", ["hostile", "groups of a number as target"])
def test_a_script_runs_without_annlab(name: str, tmp_path: Path) -> None:
    """One for scikit-learn, which is imported fastest."""
    data, config = CONFIGS[name]
    assert config.dataset.own
    (tmp_path / config.dataset.own.title).write_bytes(data)
    tried = [{"learning_rate": rate} for rate in (0.01, 0.1)]
    search = ScriptedSearch(
        config_of(config.dataset.model_dump(), {}, {"max_epochs": 3}),
        settings={"learning_rate": [0.01, 0.1]},
        ranges={"learning_rate": (0.01, 0.1, True)},
        tried=tried,
        is_grid=True,
        n_seeds=1,
        rungs=[(3, 2)],
    )
    (tmp_path / "run.py").write_text(sklearn_search(search), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "run.py"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines()[-1].startswith("test split: ")


@pytest.mark.parametrize(
    "command",
    [("format", "--diff"), ("check", "--select", "E,F,I,W,B,UP,SIM,C4,PIE,RET")],
    ids=["format", "check"],
)
def test_scripts_are_well_written(command: tuple[str, ...], tmp_path: Path) -> None:
    drawn = _config(drawn_table(at_random(90)).own)
    arrays = Dataset.from_arrays(np.arange(40.0), np.arange(40) % 2, **SPLITS).config
    sheet = _config(own_file(SHEET, title="mixed.xlsx")[1].own)
    configs = [config for _, config in CONFIGS.values()]
    for i, config in enumerate([*configs, sheet, drawn, RunConfig(dataset=arrays)]):
        for kind, write in {"lightning": lightning_script, "keras": keras_script}.items():
            (tmp_path / f"{kind}_{i}.py").write_text(write(config), encoding="utf-8")
    done = subprocess.run(
        [
            Path(sys.executable).with_name("ruff"),
            *command,
            "--isolated",
            "--no-cache",
            f"--config=line-length={LINE_LENGTH}",
            ".",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_a_hostile_title_ends_no_docstring_and_formats_no_heading() -> None:
    _, config = CONFIGS["hostile"]
    title = "raise SystemExit( no ) x y.csv: No hidden layer"
    assert f'"""{title}.\n' in lightning_script(config)
    cells = json.loads(notebook(config))["cells"]
    assert "".join(cells[0]["source"]).startswith(f"# {title}\n")


@pytest.mark.parametrize(
    "text", [*HOSTILE.values(), "", "\u2028\u00a0é😀", "\n\t\r\0", "it's", '"', "\ud800"]
)
def test_a_literal_is_the_text(text: str) -> None:
    assert eval(text_literal(text)) == text
