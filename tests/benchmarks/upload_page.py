"""Page that takes in a file of one's own and has a worker read it, as the page Your data does."""

import streamlit as st

from annlab.jobs.kinds import KINDS
from annlab.ui.components.browser_key import browser_key
from annlab.ui.results.computation import computed
from annlab.ui.services import services
from annlab.ui.state.uploaded_files import take_upload
from tests.jobs.reading import KINDS_OF_READING

# The reading itself happens in the worker and costs this process nothing.
KINDS.update(KINDS_OF_READING)
owner = browser_key()
state = st.session_state
key = f"file-{state.get('n', 0)}"


def take() -> None:
    """Keep the file of the uploader."""
    file = take_upload(key)
    if file is not None:
        state["n"] = state.get("n", 0) + 1
        try:
            state["file"] = services().own_data.add_file(owner or "", file.data, file.name)
        except ValueError as error:
            state["said"] = str(error)


if owner:
    st.file_uploader("File", key=key, on_change=take, max_upload_size=20)
if "file" in state:
    request = services().own_data.file_request(owner or "", state["file"])
    data = computed("file_description", request, "Reading the file")
    if data is not None:
        st.write("Read:", data.decode())
if "said" in state:
    st.write("Refused:", state["said"])
