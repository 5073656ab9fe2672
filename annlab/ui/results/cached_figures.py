"""Cache of figures and scores, shared by all sessions."""

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

# Cached results per function; the oldest are dropped.
_KEPT = 100
# Cache keys of arguments. The run or config beside a data set identifies it, but not how many of
# its samples are loaded.
_HASHED: dict[str | type[Any], Callable[[Any], Any]] = {
    # With the label, because browsers with the same data each have their own name for it.
    Run: attrgetter("fingerprint", "config.dataset.spec.label"),
    DatasetConfig: attrgetter("digest", "spec.label"),
    Dataset: attrgetter("n_samples"),
}


def cached(function: Callable[P, T], *, kept: int = _KEPT) -> Callable[P, T]:
    """Cache the results of a function for all sessions.

    Parameters
    ----------
    function : callable
        Module-level function, such as those of `annlab.figures.of_run`. The cache key has the
        fingerprint of a run, the digest of a `DatasetConfig`, the label of its data set, the
        number of loaded samples, and all other arguments. All callers share a result, so none may
        change it.
    kept : int
        Most results to keep; the oldest are dropped.

    Returns
    -------
    callable
        Function with the same arguments and results. The cache keeps no run alive.
    """
    return _cached(function, kept)


@cache
def _cached(function: Callable[..., Any], kept: int) -> Callable[..., Any]:
    # cache_resource, because st.cache_data would copy a figure for every session.
    return st.cache_resource(max_entries=kept, show_spinner=False, hash_funcs=_HASHED)(function)
