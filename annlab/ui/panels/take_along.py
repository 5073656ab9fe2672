"""What can be taken along: weights, history, settings."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from annlab.figures import MODEL_NAMES
from annlab.run import Run
from annlab.ui.frame import cells
from annlab.ui.panels.panel import Shown
from annlab.ui.wording import model_title


@dataclass(frozen=True)
class Download:
    """A file of a run.

    Attributes
    ----------
    label, ending, mime : str
        What it is called, how its name ends, what kind of file it is.
    make : callable
        The run as this file. Called only when it is asked for.
    """

    label: str
    ending: str
    mime: str
    make: Callable[[Run], str | bytes]


DOWNLOADS = (
    Download("Weights and history", ".safetensors", "application/octet-stream", Run.to_bytes),
    Download("History as a table", ".csv", "text/csv", Run.history_csv),
    Download(
        "Settings", ".json", "application/json", lambda run: run.config.model_dump_json(indent=2)
    ),
)


def draw_take_along(shown: Shown) -> None:
    """A button for each file of each model."""
    for i, cell in enumerate(cells(len(shown.runs))):
        run = shown.runs[i]
        with cell:
            st.markdown(f"**{MODEL_NAMES[i]} · {model_title(run.config)}**")
            for download in DOWNLOADS:
                st.download_button(
                    download.label,
                    partial(download.make, run),
                    f"model_{MODEL_NAMES[i].lower()}{download.ending}",
                    download.mime,
                    key=f"download-{i}{download.ending}",
                    icon=":material/download:",
                    on_click="ignore",
                )
    st.caption(
        "The weights come back with `Run.load(path)`, with the same scores; the settings with "
        "`RunConfig.model_validate_json(text)`. The script of a run is under Code."
    )
