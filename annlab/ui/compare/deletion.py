"""Delete runs of the table, bring them back, and clear a class."""

import time
from collections.abc import Sequence

import streamlit as st

from annlab.store.managed_runs import UNDO_MINUTES
from annlab.store.run_info import RunInfo
from annlab.ui.browser import known_browser_key
from annlab.ui.layout import run_once
from annlab.ui.services import services
from annlab.ui.state.page_state import PageState
from annlab.ui.state.rights import enter_key, has_teachers, is_teacher, may_manage
from annlab.ui.state.session_runs import Item, forget_run

Chosen = Sequence[tuple[Item, RunInfo]]


def what_delete_does(chosen: Chosen) -> str:
    """Say what happens to the selected runs.

    Parameters
    ----------
    chosen : sequence of (Item, RunInfo)

    Returns
    -------
    str
    """
    deleted = [item for item, info in chosen if not item.file and may_manage(info)]
    kept = [item for item, info in chosen if not item.file and not may_manage(info)]
    files = [item for item, _ in chosen if item.file]
    sentences = []
    if deleted:
        sentences.append(
            f"{_runs(len(deleted))} will be deleted for everybody on this server. You can undo "
            f"that for {UNDO_MINUTES} minutes."
        )
    if kept:
        which = "is" if len(kept) == 1 else "are"
        sentences.append(
            f"{_runs(len(kept))} {which} not yours alone: only your list loses "
            f"{'it' if len(kept) == 1 else 'them'}."
        )
    if files:
        which = "comes from a file" if len(files) == 1 else "come from files"
        sentences.append(f"{_runs(len(files))} {which}: load the file again to see it.")
    return " ".join(sentences)


def delete(chosen: Chosen, state: PageState) -> None:
    """Delete the selected runs that this session may delete; the others leave its list."""
    for item, _ in chosen:
        forget_run(item)
    stored = [(item.digest, info) for item, info in chosen if not item.file]
    others = [digest for digest, info in stored if not may_manage(info)]
    if others and (owner := known_browser_key()):
        services().repository.release(others, owner)
    gone = [digest for digest, info in stored if may_manage(info)]
    if gone:
        _note(state, services().repository.delete(*gone))


def _note(state: PageState, digests: list[str]) -> None:
    state.set("deleted", (tuple(digests), time.monotonic()) if digests else None)


def undo(state: PageState) -> None:
    """Draw an offer to bring back what was deleted last, for ten minutes."""
    digests, since = state.get("deleted") or ((), 0.0)
    if not digests or time.monotonic() - since > 60 * UNDO_MINUTES:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="undo-delete"):
        st.markdown(f"{_runs(len(digests))} deleted.", width="content")
        st.button(
            "Undo",
            key=state.key("undo"),
            icon=":material/undo:",
            on_click=run_once(_restore),
            args=(state, digests),
        )


def _restore(state: PageState, digests: Sequence[str]) -> None:
    services().repository.restore(digests)
    state.set("deleted", None)


def teacher(state: PageState) -> None:
    """Draw the field for the teacher's key and, once it was entered, what teachers can do."""
    if not has_teachers():
        return
    with st.popover("Teacher", icon=":material/school:"):
        if not is_teacher():
            key = state.key("teacher-key")
            st.text_input(
                "Teacher's key",
                key=key,
                type="password",
                on_change=_enter,
                args=(state, key),
                help="Who runs this server has set it. It counts until you close this tab.",
            )
            if problem := state.get("key-problem"):
                st.error(problem, icon=":material/key_off:")
            return
        st.write(
            "In this tab, you can rename, unpin and delete the runs of everybody. Clearing the "
            f"class deletes all runs that are not pinned; you can undo that for {UNDO_MINUTES} "
            "minutes."
        )
        st.button(
            "Clear the class",
            key=state.key("clear"),
            type="primary",
            on_click=run_once(_clear),
            args=(state,),
        )


def _enter(state: PageState, key: str) -> None:
    state.set("key-problem", enter_key(st.session_state[key]))
    st.session_state[key] = ""


def _clear(state: PageState) -> None:
    if is_teacher():  # a page that was drawn before may be out of date
        _note(state, services().repository.delete_unpinned())


def _runs(n: int) -> str:
    return "1 run" if n == 1 else f"{n:,} runs"
