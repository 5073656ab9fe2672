"""Figures and scores that a server keeps: computed once for all sessions."""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from annlab.config import DatasetConfig
from annlab.datasets import Dataset
from annlab.runs.run import Run

P = ParamSpec("P")
T = TypeVar("T")

# Results of each function that are kept; the oldest go.
_KEPT = 100
# What stands for an argument in a key. The run or the config beside a data set says which it is,
# but not how many of its samples are at hand.
_HASHED: dict[str | type[Any], Callable[[Any], Any]] = {
    Run: attrgetter("fingerprint"),
    DatasetConfig: attrgetter("digest"),
    Dataset: attrgetter("n_samples"),
}


def cached(function: Callable[P, T]) -> Callable[P, T]:
    """Keep what a function returns for its arguments, for all sessions.

    Parameters
    ----------
    function : callable
        A function of a module, such as those of `annlab.figures.of_run`. Its arguments are the key:
        of a run its fingerprint, of a `DatasetConfig` its digest, of a data set only how many
        samples it has. All callers get the same result, which none may change.

    Returns
    -------
    callable
        With the same arguments and the same result. What it keeps holds no run.
    """
    return _cached(function)


@cache
def _cached(function: Callable[..., Any]) -> Callable[..., Any]:
    # As a resource: st.cache_data would copy a figure for every session that shows it.
    return st.cache_resource(max_entries=_KEPT, show_spinner=False, hash_funcs=_HASHED)(function)
