"""Open a bench with data of one's own."""

import streamlit as st

from annlab.config import DatasetConfig
from annlab.lessons.experiments import DEFAULTS
from annlab.ui.shell import PAGE_OF_TASK, PAGES, Page
from annlab.ui.state.bench_state import send_to_bench, settings_of
from annlab.ui.state.setting_values import on_data

# Bench for any task, beside the one of the task.
_ANY_TASK = "activations"


def benches_of(task: str) -> dict[str, Page]:
    """Benches that train models of a task, by name in `PAGES`."""
    return {name: PAGES[name] for name in (PAGE_OF_TASK[task], _ANY_TASK)}


def open_in_bench(page: str, data: DatasetConfig) -> None:
    """Open a bench on data; its models and its training settings stay where the data allow it.

    Parameters
    ----------
    page : str
        A name in `benches_of`.
    data : DatasetConfig
    """
    runs = settings_of(PAGES[page].bench, DEFAULTS[page].runs)
    send_to_bench(on_data(runs[0], data), 0)
    st.switch_page(PAGES[page].file)
