"""Compare page: files of runs and of settings."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from annlab import Run, evaluate
from annlab.runs.uploads import MAX_FILE_BYTES
from annlab.ui.services import Services
from tests.pages.compare_page import PAGE, open_runs, runs_table, settle, short_run
from tests.ui.visitor import heads, text_of, visit

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


def _upload(visitor: AppTest, name: str, data: bytes) -> AppTest:
    return visitor.file_uploader(key="compare-file").upload(name, data, "").run()


def test_run_file_loads_with_the_same_scores(idle: Services, binary_run: Run) -> None:
    visitor = open_runs(idle, short_run(), short_run(hidden="4"))
    _upload(visitor, "run.safetensors", binary_run.to_bytes())
    settle(visitor, idle)
    assert not visitor.exception
    assert f"{evaluate(binary_run).accuracy.mean():.3f}" in heads(visitor)[-1].value
    assert "from a file" in {row["Name"] for row in runs_table(visitor)}
    assert "C comes from a file, so whoever opens the link" in text_of(visitor.markdown)
    # A second upload adds no run.
    visitor.session_state["compare-failures"] = []
    _upload(visitor, "again.safetensors", binary_run.to_bytes())
    assert len(heads(visitor)) == 3
    # Other sessions do not see the run, because its content is untrusted.
    assert idle.repository.run(binary_run.config) is None
    assert "from a file" not in {row.get("Name") for row in runs_table(visit(PAGE))}


def test_link_names_all_runs_from_files(idle: Services, binary_run: Run) -> None:
    visitor = open_runs(idle, short_run(), short_run(hidden="4"))
    for file in (binary_run, replace(binary_run, message="another run of the same settings")):
        _upload(visitor, "run.safetensors", file.to_bytes())
        settle(visitor, idle)
    sentence = "C and D come from files, so whoever opens the link may have to train them again"
    assert sentence in text_of(visitor.markdown)


def test_settings_file_is_trained(idle: Services) -> None:
    config = short_run(hidden="9")
    visitor = open_runs(idle, short_run(), short_run(hidden="4"))
    _upload(visitor, "run.json", config.model_dump_json(indent=2).encode())
    settle(visitor, idle)
    assert len(heads(visitor)) == 3
    assert idle.repository.run(config) is not None


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"{}" * 3, b'{"dataset": {"name": "nowhere"}}', b"\0" * 100],
    ids=["empty", "text", "no JSON", "no settings", "zeros"],
)
def test_invalid_file_is_refused_with_a_message(idle: Services, data: bytes) -> None:
    visitor = open_runs(idle, short_run(), short_run(hidden="4"))
    _upload(visitor, "x.json", data)
    assert not visitor.exception
    assert len(visitor.error) == 1
    assert "x.json" in visitor.error[0].value
    assert len(heads(visitor)) == 2  # nothing is lost
    assert len(data) < MAX_FILE_BYTES


def test_text_from_a_file_is_escaped(idle: Services) -> None:
    visitor = open_runs(idle, short_run(), short_run(hidden="4"))
    _upload(visitor, "x.json", b'{"model": {"![x](https://evil.example/a.png)": 1}}')
    assert len(visitor.error) == 1
    assert "![x](" not in visitor.error[0].value
