"""Who may rename, unpin and delete stored runs: who trained them, a teacher, or everybody here."""

import hmac
import threading
import time
from collections import deque
from ipaddress import ip_address

import streamlit as st

from annlab.environment import Environment
from annlab.store.run_info import RunInfo

# Wrong keys that a server accepts in a minute, from all sessions together.
MOST_WRONG_KEYS = 20
_SECONDS = 60.0
# Session key: whether the teacher's key was entered.
_IS_TEACHER = "is-teacher"
# What proxies add to the requests that they forward.
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")

NOT_YOURS = (
    "Only the browser that has trained a run, and alone, can do this, or a teacher with the key of "
    "this server."
)


class WrongKeys:
    """Times of wrong keys, so that nobody can try many.

    Parameters
    ----------
    most : int
        Number of wrong keys in a minute after which no key is looked at.
    """

    def __init__(self, most: int = MOST_WRONG_KEYS) -> None:
        self._times: deque[float] = deque(maxlen=most)
        self._lock = threading.Lock()

    def check(self, key: str, right: str) -> str:
        """Compare a key with the right one; return a sentence if it is refused, else nothing."""
        with self._lock:
            now = time.monotonic()
            is_full = len(self._times) == self._times.maxlen
            if is_full and now - self._times[0] < _SECONDS:
                return "Too many wrong keys on this server. Try again in a minute."
            # In constant time, so that its duration tells nothing of the key.
            if hmac.compare_digest(key.encode(), right.encode()):
                return ""
            self._times.append(now)
            return "This is not the teacher's key of this server."


_WRONG_KEYS = WrongKeys()


def enter_key(key: str) -> str:
    """Make this session a teacher's; return a sentence if the key is refused, else nothing."""
    problem = _WRONG_KEYS.check(key, Environment.read().teacher_key or "")
    if not problem:
        st.session_state[_IS_TEACHER] = True
    return problem


def has_teachers() -> bool:
    """Whether this server knows a teacher's key."""
    return bool(Environment.read().teacher_key)


def is_teacher() -> bool:
    """Whether the teacher's key was entered in this session."""
    return has_teachers() and bool(st.session_state.get(_IS_TEACHER))


def may_do_everything() -> bool:
    """Whether this session may change every run: as a teacher, or on a server for one machine."""
    return is_teacher() or (not has_teachers() and _serves_this_machine_only())


def may_manage(info: RunInfo) -> bool:
    """Whether this session may rename, unpin and delete a stored run."""
    return info.is_managed or may_do_everything()


def _serves_this_machine_only() -> bool:
    """Whether the server listens on the loopback alone, and no proxy brings others to it."""
    if any(name in st.context.headers for name in _FORWARDED):
        return False
    return is_loopback(st.get_option("server.address") or "")


def is_loopback(address: str) -> bool:
    """Whether an address to listen on is reached from the same machine only."""
    if address == "localhost":
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
