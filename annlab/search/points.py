"""Points of a search for pictures, from its table."""

import numpy as np

from annlab.analysis.search_points import SearchAxis, SearchPoints
from annlab.search.table import SearchTable


def search_points(table: SearchTable) -> SearchPoints:
    """Settings and scores of all trained configs, at the last epoch that each reached."""
    rows = np.flatnonzero(table.n_rungs > 0)
    rungs = table.n_rungs[rows] - 1
    seen = np.stack([table.seen(rung) for rung in range(len(table.config.epochs))])
    axes = []
    for place, searched in enumerate(table.config.space):
        values = [table.combinations[row][place] for row in rows]
        if searched.is_number:
            axis = SearchAxis(searched.setting.label, tuple(values), is_log=searched.is_log)
        else:
            texts = tuple(map(searched.setting.format, values))
            levels = tuple(map(searched.setting.format, searched.levels))
            axis = SearchAxis(searched.setting.label, texts, levels)
        axes.append(axis)
    return SearchPoints(
        axes=tuple(axes),
        rows=rows,
        scores=seen[rungs, rows, : table.n_seeds],
        n_diverged=table.n_diverged[rows],
        ranks=table.ranks[rows],
        score_label=table.headline.label,
        higher_is_better=table.headline.higher_is_better,
        is_share=table.headline.is_share,
    )
