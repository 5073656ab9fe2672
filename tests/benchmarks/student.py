"""Simulated student that speaks the Streamlit protocol without a browser."""

import asyncio
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

# The Streamlit page drops cached elements after this number of runs.
_CACHED_RUNS = 2
# For the certificates of tests, which sign themselves.
_UNCHECKED = ssl.create_default_context()
_UNCHECKED.check_hostname, _UNCHECKED.verify_mode = False, ssl.CERT_NONE
_WHOLE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass
class Times:
    """Waiting times of a student.

    Attributes
    ----------
    looks, pages : list of float
        Seconds from request to end of run, for fragments and for the whole page.
    waited : float
        Seconds from opening the page to its results.
    """

    looks: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    waited: float = 0.0

    def copy(self) -> "Times":
        """Copy of the times so far."""
        return Times(list(self.looks), list(self.pages), self.waited)


class Student:
    """One visitor of one page.

    Parameters
    ----------
    url : str
        Address of a server on localhost, without a slash at the end.
    page, query : str
        URL path and query.
    result : str
        Key of a chart that exists only with results.
    cookie : str
        What the browser sends with each request.
    """

    def __init__(self, url: str, page: str, query: str, result: str, cookie: str = "") -> None:
        self.url, self.page, self.query, self.result = url, page, query, result
        self.cookie = cookie
        self.times = Times()
        self._socket: ClientConnection
        self._asked: float | None = None
        self._whole = True  # whether the run under way is of the whole page
        self._page_hash = ""
        self._widgets: dict[str, tuple[str, str]] = {}  # id and fragment, by key
        self._charts: set[str] = set()  # ids, of the last run of the whole page on
        self._cached: dict[str, tuple[str, int]] = {}  # chart and run, by a message's hash
        self._n_runs = 0
        self._timers: dict[str, tuple[float, asyncio.Task[None]]] = {}
        self._moved = asyncio.Condition()
        self._listening: asyncio.Task[None]

    @property
    def rests(self) -> bool:
        """Whether no run is active and no request is pending."""
        return self._asked is None and not self._timers

    @property
    def has_results(self) -> bool:
        """Whether the page is idle and shows results."""
        return self.rests and any(id_.split("-", 2)[-1] == self.result for id_ in self._charts)

    async def open(self) -> None:
        """Open the page."""
        url = f"ws{self.url.removeprefix('http')}/_stcore/stream"
        self._socket = await connect(
            url,
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            ssl=_UNCHECKED if url.startswith("wss") else None,
            additional_headers={"Cookie": self.cookie} if self.cookie else None,
        )
        self._listening = asyncio.create_task(self._listen())
        await self._ask()

    async def close(self) -> None:
        """Close the tab."""
        self._forget_timers()
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening
        await self._socket.close()

    async def until_results(self) -> None:
        """Wait until all runs are trained and shown."""
        await self._until(lambda: self.has_results)

    async def until_rest(self) -> None:
        """Wait until the page is idle."""
        await self._until(lambda: self.rests)

    async def choose(self, key: str, value: str) -> None:
        """Select a value of a select box."""
        await self._set(key, string_value=value)

    async def click(self, key: str) -> None:
        """Click a button and discard earlier results."""
        self._charts.clear()
        await self._set(key, trigger_value=True)

    async def _set(self, key: str, **value: Any) -> None:
        id_, fragment = self._widgets[key]
        await self._ask(WidgetState(id=id_, **value), fragment=fragment)

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with self._moved:
            await self._moved.wait_for(lambda: self._listening.done() or condition())
        if self._listening.done():
            raise RuntimeError("the server hung up") from self._listening.exception()

    async def _ask(self, *states: WidgetState, fragment: str = "", by_itself: bool = False) -> None:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string, rerun.page_script_hash = self.query, self._page_hash
        rerun.page_name = "" if self._page_hash else self.page
        rerun.fragment_id, rerun.is_auto_rerun = fragment, by_itself
        rerun.widget_states.widgets.extend(states)
        rerun.cached_message_hashes.extend(self._cached)
        rerun.context_info.url = f"{self.url}/{self.page}"
        rerun.context_info.color_scheme = "light"
        if self._asked is None:  # otherwise the server answers both requests at once
            self._asked = time.monotonic()
        await self._socket.send(message.SerializeToString())

    async def _look_again(self, fragment: str, seconds: float) -> None:
        # Fixed rate like setInterval, independent of response times.
        beat = time.monotonic()
        while True:
            beat += seconds
            await asyncio.sleep(beat - time.monotonic())
            await self._ask(fragment=fragment, by_itself=True)

    async def _listen(self) -> None:
        try:
            await self._receive()
        finally:
            async with self._moved:
                self._moved.notify_all()

    async def _receive(self) -> None:
        async for data in self._socket:
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self._begin(message)
            elif kind == "navigation":
                self._page_hash = message.navigation.page_script_hash
            elif kind in ("delta", "ref_hash"):
                self._note(message, kind)
            elif kind == "auto_rerun":
                self._set_timer(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            elif kind == "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self._forget_timers(fragment)
            elif kind == "script_finished":
                self._finish(message.script_finished)
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            async with self._moved:
                self._moved.notify_all()

    def _begin(self, message: ForwardMsg) -> None:
        self._whole = not message.metadata.run.fragment_ids
        if self._whole:
            self._forget_timers()
            self._charts.clear()

    def _note(self, message: ForwardMsg, kind: str) -> None:
        if kind == "ref_hash":  # already cached
            chart, _ = self._cached[message.ref_hash]
            self._cached[message.ref_hash] = (chart, self._n_runs)
            self._charts.add(chart)
            return
        element = message.delta.new_element
        of_what = element.WhichOneof("type")
        id_ = getattr(getattr(element, of_what), "id", "") if of_what else ""
        if id_:
            self._widgets[id_.split("-", 2)[-1]] = id_, message.delta.fragment_id  # $$ID-hash-key
        if of_what == "plotly_chart":
            self._charts.add(id_)
        if message.metadata.cacheable:
            self._cached[message.hash] = (id_, self._n_runs)

    def _finish(self, status: int) -> None:
        if status not in _WHOLE:
            return
        if self._asked is not None:
            seconds = time.monotonic() - self._asked
            (self.times.pages if self._whole else self.times.looks).append(seconds)
        self._asked = None
        if self._whole:
            self._n_runs += 1
            self._cached = {
                hash_: (chart, run)
                for hash_, (chart, run) in self._cached.items()
                if run >= self._n_runs - _CACHED_RUNS
            }

    def _set_timer(self, fragment: str, seconds: float) -> None:
        if fragment in self._timers and self._timers[fragment][0] == seconds:
            return
        self._forget_timers(fragment)
        timer = asyncio.create_task(self._look_again(fragment, seconds))
        self._timers[fragment] = (seconds, timer)

    def _forget_timers(self, *fragments: str) -> None:
        for fragment in fragments or tuple(self._timers):
            if fragment in self._timers:
                self._timers.pop(fragment)[1].cancel()
