"""Login in front of every page."""

from collections.abc import Mapping
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.ui.visitor import ROOT

AUTH = {"redirect_uri": "http://localhost/oauth2callback", "cookie_secret": "x" * 32}
PROVIDER = {"client_id": "annlab", "client_secret": "s", "server_metadata_url": "http://localhost"}


def _opened(secrets: Mapping[str, object]) -> AppTest:
    visitor = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    for name, value in secrets.items():
        visitor.secrets[name] = value
    return visitor.run()


@pytest.mark.parametrize(
    ("auth", "labels"),
    [
        (AUTH | PROVIDER, ["Log in"]),
        (
            AUTH | {"google": PROVIDER, "our_university": PROVIDER},
            ["Log in with Google", "Log in with Our University"],
        ),
    ],
)
def test_a_login_stands_before_everything_else(auth: dict[str, object], labels: list[str]) -> None:
    visitor = _opened({"auth": auth})
    assert not visitor.exception
    assert [button.label for button in visitor.button] == labels
    assert not visitor.get("page_link")
    assert not visitor.header


def test_who_is_logged_in_sees_the_pages_and_can_log_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "user", SimpleNamespace(is_logged_in=True))
    visitor = _opened({"auth": AUTH | PROVIDER})
    assert not visitor.exception
    assert [button.label for button in visitor.button] == ["Log out"]
    assert visitor.get("page_link")


def test_without_auth_in_the_secrets_everybody_comes_in() -> None:
    for secrets in ({}, {"other": "x"}):
        visitor = _opened(secrets)
        assert not visitor.button
        assert visitor.get("page_link")
