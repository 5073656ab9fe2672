"""The sample that all views of a data set mark."""

import streamlit as st

from annlab.ui.results.view import ResultsView

_MARKED = "marked-sample"


def _samples_of(view: ResultsView) -> tuple[str, str, int]:
    """What a position in a split means: data, split, and network if each has its own data."""
    network = view.network if view.dataset.networks else -1
    return view.runs[0].config.data_digest, view.split, network


def mark_sample(view: ResultsView, sample: int | None) -> None:
    """Mark a sample by its position in the shown split; None for none."""
    st.session_state[_MARKED] = (_samples_of(view), sample)


def marked_sample(view: ResultsView) -> int | None:
    """Position of the marked sample in the shown split; None without one of these samples."""
    samples, sample = st.session_state.get(_MARKED, (None, None))
    if samples != _samples_of(view) or sample is None:
        return None
    n = len(view.network_data.split(view.split)[0])
    return int(sample) if 0 <= sample < n else None
