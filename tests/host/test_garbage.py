"""Collections of garbage in a web process."""

import gc
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from annlab.host import garbage

ROOT = Path(__file__).resolve().parents[2]
# A new process, which has imported nothing for other tests.
TWO_RUNS = """
import gc
from streamlit.testing.v1 import AppTest

page = AppTest.from_file("streamlit_app.py", default_timeout=120).run()
page.switch_page("pages/activations.py").run().run()
assert not page.exception, page.exception
gc.collect()
print(len(gc.get_objects()), gc.get_freeze_count())
"""


def test_imports_are_left_out_of_collections() -> None:
    command = [sys.executable, "-c", TWO_RUNS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    looked_through, left_out = map(int, done.stdout.split())
    assert left_out > 100_000
    assert looked_through < 0.2 * left_out


def test_only_many_new_modules_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[bool] = []
    modules = {str(k): sys for k in range(200)}
    monkeypatch.setattr(gc, "freeze", lambda: calls.append(True))
    monkeypatch.setattr(sys, "modules", modules)
    monkeypatch.setattr(garbage, "_n_left_out", 0)
    for n_calls, n_new in ((1, 0), (1, 49), (2, 1), (2, 0)):
        modules.update({f"{len(modules)}-{k}": sys for k in range(n_new)})
        garbage.leave_out_imports()
        assert len(calls) == n_calls


def test_streamlit_collects_nothing_after_each_run() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert config["runner"]["postScriptGC"] is False
