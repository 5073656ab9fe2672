"""Who may change stored runs."""

import dataclasses
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit import config

from annlab.store.run_info import RunInfo
from annlab.ui.compare.run_rows import info_of
from annlab.ui.state import rights
from annlab.ui.state.rights import WrongKeys, is_loopback, may_manage
from tests.store.runs import make_run

KEY = "correct horse battery"


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> RunInfo:
    """A run of somebody else."""
    monkeypatch.delenv("ANNLAB_TEACHER_KEY", raising=False)
    monkeypatch.setattr("annlab.ui.compare.run_rows.may_see", lambda config: False)
    return info_of(make_run())


@pytest.mark.parametrize(
    ("address", "is_local"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("", False),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("127.0.0.1.example.org", False),
        ("annlab.example.org", False),
    ],
)
def test_addresses_of_the_same_machine(address: str, is_local: bool, others: RunInfo) -> None:
    assert is_loopback(address) == is_local
    config.set_option("server.address", address)
    assert may_manage(others) == is_local


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Real-Ip"])
def test_a_proxy_brings_others(
    header: str, others: RunInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert may_manage(others)
    monkeypatch.setattr(st, "context", SimpleNamespace(headers={header: "203.0.113.7"}))
    assert not may_manage(others)


def test_a_key_ends_the_freedom_of_the_machine(
    others: RunInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNLAB_TEACHER_KEY", KEY)
    assert not may_manage(others)
    assert may_manage(dataclasses.replace(others, is_managed=True))
    assert not may_manage(dataclasses.replace(others, is_mine=True))
    monkeypatch.setitem(st.session_state, rights._IS_TEACHER, True)
    assert may_manage(others)
    # Without a key there is no teacher.
    monkeypatch.delenv("ANNLAB_TEACHER_KEY")
    config.set_option("server.address", "")
    assert not may_manage(others)


def test_wrong_keys_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("annlab.ui.state.rights.time.monotonic", lambda: now[0])
    keys = WrongKeys(most=3)
    assert keys.check(KEY, KEY) == ""
    for wrong in ("", KEY[:-1], "ключ"):
        assert keys.check(wrong, KEY) == "This is not the teacher's key of this server."
    # Not even the right one is looked at.
    assert keys.check(KEY, KEY) == "Too many wrong keys on this server. Try again in a minute."
    now[0] += 59
    assert keys.check(KEY, KEY) != ""
    now[0] += 2
    assert keys.check(KEY, KEY) == ""
