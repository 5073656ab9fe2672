"""Rows of a search for a page, a data frame and a CSV file."""

import csv
import io
from typing import Any

import numpy as np

from annlab.formatting import never_a_formula
from annlab.search.table import LOSS, SCORE, SearchTable
from annlab.setting_type import Number


def search_rows(table: SearchTable, at_most: int | None = None) -> list[dict[str, Any]]:
    """One dict per config, best first: rank, settings by label, scores over the seeds.

    Parameters
    ----------
    table : SearchTable
    at_most : int or None
        Number of rows; None for all.

    Returns
    -------
    list of dict
        Keys "Rank", the label of each searched setting, "Accuracy, mean" (or another score; over
        the seeds, diverged networks as the worst), "Lowest" and "Highest" (as trained), "Loss,
        mean", "Networks", "Diverged" and "Epochs". Configs that were not trained are left out.
    """
    ranks, means = table.ranks, table.mean_scores()
    rungs, epochs, n_diverged = table.n_rungs, table.epochs_trained, table.n_diverged
    n_seeds = table.n_seeds
    found = []
    for k in table.order[:at_most].tolist():
        seen = table.scores[:, k, :n_seeds, rungs[k] - 1].astype(np.float64)
        found.append(
            {
                "Rank": int(ranks[k]),
                **labeled_values(table, k),
                f"{table.headline.label}, mean": float(means[k]),
                "Lowest": float(seen[SCORE].min()),
                "Highest": float(seen[SCORE].max()),
                "Loss, mean": float(seen[LOSS].mean()),
                "Networks": n_seeds,
                "Diverged": int(n_diverged[k]),
                "Epochs": int(epochs[k]),
            }
        )
    return found


def labeled_values(table: SearchTable, k: int) -> dict[str, Any]:
    """Searched settings of config k by label: numbers as numbers, everything else as text."""
    return {
        searched.setting.label: value
        if isinstance(searched.setting.kind, Number)
        else searched.setting.format(value)
        for searched, value in zip(table.config.space, table.combinations[k], strict=True)
    }


def search_frame(table: SearchTable) -> Any:
    """Rows of a search as a pandas data frame."""
    import pandas as pd

    return pd.DataFrame(search_rows(table))


def search_csv(table: SearchTable) -> str:
    """Rows of a search as CSV.

    Texts that a spreadsheet would take for a formula start with an apostrophe.
    """
    text = io.StringIO()
    rows = search_rows(table)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0] if rows else [])
    writer.writerows([[csv_cell(value) for value in row.values()] for row in rows])
    return text.getvalue()


def csv_cell(value: Any) -> Any:
    """Value of a cell: nine digits of a float, and no text that begins like a formula."""
    if isinstance(value, float):
        return f"{value:.9g}"
    return never_a_formula(value) if isinstance(value, str) else value
