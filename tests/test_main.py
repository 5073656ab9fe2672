"""``python -m annlab``: the address on which it listens, as Streamlit reads its arguments."""

import pytest
from streamlit.web import cli

from annlab.__main__ import with_address

PORT = ["--server.port", "80"]


@pytest.mark.parametrize(
    ("arguments", "variable", "address"),
    [
        ([], None, "127.0.0.1"),
        (PORT, None, "127.0.0.1"),
        (PORT, "", "127.0.0.1"),
        (["--browser.serverAddress", "example.org"], None, "127.0.0.1"),
        ([*PORT, "--", "--server.address", "0.0.0.0"], None, "127.0.0.1"),
        ([*PORT, "--server.address", "0.0.0.0"], None, "0.0.0.0"),
        (["--server.address=::1", *PORT], None, "::1"),
        (["--server.address", "10.0.0.1"], "0.0.0.0", "10.0.0.1"),
        (PORT, "0.0.0.0", "0.0.0.0"),
    ],
)
def test_the_address_is_the_loopback_unless_one_is_named(
    arguments: list[str], variable: str | None, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STREAMLIT_SERVER_ADDRESS", raising=False)
    if variable is not None:
        monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", variable)
    environment = {} if variable is None else {"STREAMLIT_SERVER_ADDRESS": variable}
    completed = with_address(arguments, environment)
    context = cli.main_run.make_context("run", ["streamlit_app.py", *completed])
    assert context.params["server_address"] == address
    # What follows -- is for the script, and stays there.
    assert list(context.params["args"]) == (
        ["--server.address", "0.0.0.0"] if "--" in arguments else []
    )
