"""Uploaded files leave Streamlit's memory when they are taken."""

from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from annlab.ui.state import uploaded_files
from annlab.ui.state.uploaded_files import take_upload


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> MemoryUploadedFileManager:
    """Streamlit's own manager, with one file of this session and one of another."""
    made = MemoryUploadedFileManager("/upload")
    record = UploadedFileRec("id", "data.csv", "text/csv", b"1,2\n")
    for owner in ("mine", "other"):
        made.add_file(owner, record)
    session: dict[str, Any] = {"file": UploadedFile(record, FileURLs()), "empty": None}
    context = SimpleNamespace(uploaded_file_mgr=made, session_id="mine")
    monkeypatch.setattr(uploaded_files, "st", SimpleNamespace(session_state=session))
    monkeypatch.setattr(uploaded_files, "get_script_run_ctx", lambda: context)
    return made


def test_a_file_is_taken_out_of_memory(manager: MemoryUploadedFileManager) -> None:
    assert take_upload("file") == ("data.csv", b"1,2\n")
    assert manager.get_files("mine", ["id"]) == []
    assert len(manager.get_files("other", ["id"])) == 1


def test_without_a_file_nothing_happens(manager: MemoryUploadedFileManager) -> None:
    assert take_upload("empty") is take_upload("unknown") is None
    assert len(manager.get_files("mine", ["id"])) == 1
