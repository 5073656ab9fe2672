"""Sentence about the opened test split: what choosing the best of many does to its score."""

import numpy as np

from annlab.formatting import number
from annlab.search.table import SearchTable


def opened_test_sentence(table: SearchTable) -> str:
    """Compare the winner's score on the validation split, which chose it, with that on the test.

    Both are means of the same networks. Diverged networks are left out of both: for the choice
    they count with the worst validation score of all networks, and on the test split only the
    winner's networks have scores.

    Parameters
    ----------
    table : SearchTable

    Returns
    -------
    str
        Empty until the test split is opened.
    """
    winner = table.winner
    if winner is None or not table.test_scores.size:
        return ""
    last = int(table.epochs_trained[winner])
    diverged = (table.diverged_epochs[winner] > 0) & (table.diverged_epochs[winner] <= last)
    if diverged.all():
        return "All networks of the best config diverged, so there is no score to compare."
    seen = table.seen(int(table.n_rungs[winner]) - 1)[winner]
    chosen = float(seen[~diverged].mean())
    opened = float(table.test_scores[~diverged].mean(dtype=float))
    score, n_seeds = table.headline, int(np.sum(~diverged))
    over = f" (means of {n_seeds} seeds)" if n_seeds > 1 else ""
    if n := int(diverged.sum()):
        over += f", without {n} diverged network{'s' if n > 1 else ''}"
    found = (
        f"The best of {int((table.n_rungs > 0).sum()):,} configs has a validation "
        f"{score.label.lower()} of {number(chosen)} and a test {score.label.lower()} of "
        f"{number(opened, like=chosen)}{over}."
    )
    is_worse = opened < chosen if score.higher_is_better else opened > chosen
    if not is_worse:
        return found
    return (
        f"{found} Choosing favors lucky validation scores, so of the two the test score is the "
        "fair one."
    )
