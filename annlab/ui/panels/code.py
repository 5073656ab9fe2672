"""The run as a script that needs no annlab."""

import streamlit as st

from annlab.figures import MODEL_NAMES
from annlab.script import lightning_script
from annlab.ui.panels.panel import Shown
from annlab.ui.wording import model_title


def draw_code(shown: Shown) -> None:
    """A plain PyTorch Lightning script of each model."""
    st.caption(
        "These scripts do the same with PyTorch Lightning alone. Their random numbers are "
        "others, so their scores agree within the spread over the networks."
    )
    for i, run in enumerate(shown.runs):
        with st.expander(f"{MODEL_NAMES[i]} · {model_title(run.config)}", expanded=i == 0):
            script = lightning_script(run.config)
            st.download_button(
                "Download",
                script,
                f"model_{MODEL_NAMES[i].lower()}.py",
                "text/x-python",
                key=f"script-{i}",
                icon=":material/download:",
                on_click="ignore",
            )
            st.code(script, language="python", height=480)
