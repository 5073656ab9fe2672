"""The code in docs/run-file.md predicts raw rows of data of one's own with NumPy alone."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annlab import RunConfig, evaluate, load_dataset, train
from annlab.analysis.prediction import predict
from annlab.datasets.own import tables
from annlab.datasets.own.own_data import OwnData
from annlab.datasets.own.table import Table
from tests.exports.configs import config_of
from tests.exports.own_files import own_file

DOCS = (Path(__file__).parents[2] / "docs" / "run-file.md").read_text(encoding="utf-8")
HELD_OUT = {"test_fraction": 0.3, "scaling": "standard"}
CONFIGS: dict[str, tuple[str, dict[str, Any]]] = {
    "several classes": ("multiclass", {}),
    "two classes": ("binary", {}),
    "a value, own splits": ("regression", {"resample": "split", "target_scaling": "standard"}),
}


def cells_of(own: OwnData, row: np.ndarray) -> list[Any]:
    """Cells of a table's row as the file has them."""
    cells: list[Any] = []
    for column, value in zip(own.columns, row.tolist(), strict=True):
        if np.isnan(value):
            cells.append(None)
        elif column.is_number:
            cells.append(value)
        else:
            cells.append([*column.values, "a rare one"][int(value)])
    return cells


@pytest.mark.parametrize("name", CONFIGS)
def test_a_row_of_a_file_is_predicted_with_numpy_alone(name: str, tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", DOCS, flags=re.S)
    names: dict[str, Any] = {}
    exec(code, names)
    task, data = CONFIGS[name]
    _, table = own_file(task=task)
    tables.provide(table)
    run = train(
        config_of(
            {"own": table.own, **HELD_OUT, **data},
            {"hidden_sizes": (4,), "activation": "tanh"},
            {"learning_rate": 0.02, "max_epochs": 5, "n_seeds": 2},
        )
    )
    path = tmp_path / "run.safetensors"
    run.save(path)
    rows = [cells_of(table.own, row) for row in table.X]
    for k in range(2):
        found = names["predict"](path, rows, network=k)
        dataset = load_dataset(run.config, k)
        layers = [(W[k], b[k]) for W, b in run.layers()]
        test = _rows_of(run.config, table, k)
        expected = predict(run.config, layers, dataset, dataset.X_test)
        if task == "regression":
            np.testing.assert_allclose(found[test], expected, rtol=1e-4, atol=1e-4)
            mse = ((found[test] - table.y[test]) ** 2).mean()
            np.testing.assert_allclose(mse, evaluate(run).mse[k], rtol=1e-4)
        else:
            np.testing.assert_array_equal(found[test].argmax(axis=1), expected)
            assert (found.argmax(axis=1) == table.y)[test].mean() == evaluate(run).accuracy[k]


def _rows_of(config: RunConfig, table: Table, k: int) -> np.ndarray:
    """Rows of network k's test split, by scikit-learn."""
    from sklearn.model_selection import train_test_split

    data = config.dataset
    classes = None if config.task.name == "regression" else table.y
    _, test = train_test_split(
        np.arange(len(table.y)),
        test_size=data.test_fraction,
        random_state=data.split_seed + k * (data.resample == "split"),
        stratify=classes,
    )
    return np.asarray(test)
