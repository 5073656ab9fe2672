"""Uploaded files that leave Streamlit's memory as soon as they are read."""

from typing import NamedTuple

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx


class UploadedFile(NamedTuple):
    """An uploaded file.

    Attributes
    ----------
    name : str
        Name on the user's machine; untrusted text.
    data : bytes
        Untrusted content.
    """

    name: str
    data: bytes


def take_upload(key: str) -> UploadedFile | None:
    """Return the file of an uploader once, and free Streamlit's copy of it.

    Streamlit keeps an uploaded file in memory until its tab is closed. The next run must draw the
    uploader under another key, because the file is no longer there.

    Parameters
    ----------
    key : str
        Key of an `st.file_uploader` for one file.

    Returns
    -------
    UploadedFile or None
        None if no file has been uploaded, or the file was taken before.
    """
    file = st.session_state.get(key)
    context = get_script_run_ctx()
    if file is None or context is None:
        return None
    taken = UploadedFile(file.name, file.getvalue())
    # Only Streamlit's manager of files in memory, its default, has this method.
    remove = getattr(context.uploaded_file_mgr, "remove_file", None)
    if remove is not None:
        remove(session_id=context.session_id, file_id=file.file_id)
    return taken
