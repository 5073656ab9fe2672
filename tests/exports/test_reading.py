"""Exported scripts are formatted, lint-free and complete."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from annlab.exports.keras import keras_script
from annlab.exports.lightning import lightning_script
from annlab.exports.literals import LINE_LENGTH
from annlab.exports.notebook import notebook
from tests.exports.configs import DEFAULT
from tests.exports.configs_to_read import READ
from tests.exports.scripts import Write

SCRIPTS: dict[str, Write] = {"lightning": lightning_script, "keras": keras_script}
by_script = pytest.mark.parametrize("write", SCRIPTS.values(), ids=SCRIPTS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scripts and the notebook of every config in `READ`."""
    folder = tmp_path_factory.mktemp("read")
    for i, config in enumerate(READ.values()):
        for kind, write in SCRIPTS.items():
            (folder / f"{kind}_{i}.py").write_text(write(config), encoding="utf-8")
        (folder / f"{i}.ipynb").write_text(notebook(config), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "command",
    [("format", "--diff"), ("check", "--select", "E,F,I,W,B,UP,SIM,C4,PIE,RET")],
    ids=["format", "check"],
)
def test_scripts_are_well_written(command: tuple[str, ...], folder: Path) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    line_length = f"--config=line-length={LINE_LENGTH}"
    done = subprocess.run(
        [ruff, *command, "--isolated", "--no-cache", line_length, "."],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@by_script
@pytest.mark.parametrize("name", READ)
def test_a_script_compiles(name: str, write: Write) -> None:
    compile(write(READ[name]), name, "exec")


@by_script
@pytest.mark.parametrize("name", READ)
def test_all_imports_stand_at_the_top(name: str, write: Write) -> None:
    lines = [line for line in write(READ[name]).splitlines() if line]
    importing = [i for i, line in enumerate(lines) if re.match(r"\s*(import|from) ", line)]
    assert importing == list(range(importing[0], importing[0] + len(importing)))


@by_script
def test_a_script_says_which_of_annlabs_networks_it_is(write: Write) -> None:
    assert "SEED = 0  # network 1 of 20 in annlab; their seeds are 0 to 19" in write(DEFAULT)
    alone = DEFAULT.training.model_copy(update={"n_seeds": 1, "seed": 7})
    script = write(DEFAULT.model_copy(update={"training": alone}))
    assert "SEED = 7  # as in annlab" in script


@pytest.mark.parametrize("name", READ)
def test_a_notebook_holds_the_whole_script(name: str) -> None:
    cells = json.loads(notebook(READ[name]))["cells"]
    held = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    missing = [
        line
        for line in lightning_script(READ[name]).split('"""', 2)[2].splitlines()
        if line not in held and not line.startswith("# --- ")
    ]
    assert missing == ["    logger=False,"]
