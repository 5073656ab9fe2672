"""The registry of export formats: every run exports to every format."""

import json
import subprocess
import sys

import pytest

from annlab import Run, RunConfig
from annlab.exports import EXPORTS, KERAS, LIGHTNING, SCRIPTS, Export
from annlab.exports.keras import keras_script
from annlab.exports.lightning import lightning_script

by_export = pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.ending)
ENDINGS = [
    ".safetensors",
    ".json",
    ".csv",
    ".xlsx",
    ".py",
    ".ipynb",
    "_keras.py",
    "_tensorboard.zip",
]


def test_file_name_extensions_are_unique() -> None:
    assert [export.ending for export in EXPORTS] == ENDINGS
    assert len({export.label for export in EXPORTS}) == len(EXPORTS)


@by_export
def test_every_run_exports_to_every_format(export: Export, run: Run) -> None:
    assert len(export.make(run)) > 100


def test_settings_export_round_trips(run: Run) -> None:
    (settings,) = [export for export in EXPORTS if export.ending == ".json"]
    assert RunConfig.model_validate_json(settings.make(run)) == run.config


def test_scripts_can_be_read(run: Run) -> None:
    assert SCRIPTS == (LIGHTNING, KERAS)
    assert LIGHTNING.make(run) == lightning_script(run.config)
    assert KERAS.make(run) == keras_script(run.config)


def test_exports_import_neither_torch_nor_streamlit_server(binary_run: Run, tmp_path: str) -> None:
    path = f"{tmp_path}/run.safetensors"
    binary_run.save(path)
    code = f"""
import json, sys
from annlab.exports import EXPORTS
heavy = {{"torch", "keras", "pandas", "tensorboard", "tensorboardX", "openpyxl", "nbformat"}}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
from annlab import Run
run = Run.load({path!r})
for export in EXPORTS:
    export.make(run)
print(json.dumps(sorted(heavy & set(sys.modules))))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == ["nbformat", "openpyxl", "tensorboardX"]
