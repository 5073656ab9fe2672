"""Whose training comes next: one of each session in turn, instead of first come, first served."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence


def in_rounds(watchers: Sequence[Collection[str]], turns: Mapping[str, int]) -> list[int]:
    """Order waiting trainings in rounds, each with one training of every session.

    Parameters
    ----------
    watchers : sequence of collections of str
        Sessions that wait for each training, in the order of arrival. A training of several
        sessions comes as soon as the first of them has its turn.
    turns : mapping of str to int
        Number of the last turn of each session; sessions without one come first.

    Returns
    -------
    list of int
        Indices into `watchers`, next training first.
    """
    seen: Counter[str] = Counter()
    keys = []
    for sessions in watchers:
        keys.append(min(((seen[s], turns.get(s, -1)) for s in sessions), default=(0, -1)))
        seen.update(sessions)
    return sorted(range(len(keys)), key=keys.__getitem__)  # ties keep the order of arrival
