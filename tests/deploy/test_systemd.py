"""The systemd unit, as systemd itself reads it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = (Path(__file__).resolve().parents[2] / "deploy" / "annlab.service").read_text()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    python = "/opt/annlab/bin/python"
    assert f"ExecStart={python} -m annlab" in UNIT
    # systemd also checks that the program exists.
    (tmp_path / "annlab.service").write_text(UNIT.replace(python, "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "annlab.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "annlab.service" not in done.stderr, done.stderr


@pytest.mark.parametrize(
    "line",
    ["DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes"],
)
def test_the_unit_keeps_annlab_from_the_rest_of_the_machine(line: str) -> None:
    assert f"\n{line}\n" in UNIT
    assert re.search(r"^MemoryMax=\d+%$", UNIT, re.M)
