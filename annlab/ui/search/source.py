"""Where the config of a search comes from: a ready-made search, a model of a bench, or a link."""

import streamlit as st

from annlab.config import RunConfig
from annlab.figures import MODEL_NAMES
from annlab.lessons.experiments import DEFAULTS
from annlab.search.presets import PRESETS
from annlab.search.search_config import SearchConfig
from annlab.search.starting import searchable
from annlab.ui.search.search_state import LINK, SearchState
from annlab.ui.search.typed import problem_sentences
from annlab.ui.shell import PAGES
from annlab.ui.state.bench_state import settings_of

# Names in PAGES of the pages with a bench, by the bench.
_BENCHES = {page.bench: name for name, page in PAGES.items() if page.bench}
_FROM_LINK = "Settings of a link"


def _sources(state: SearchState) -> dict[str, str]:
    """Labels of all sources by their names."""
    found = {name: preset.label for name, preset in PRESETS.items()}
    for bench, page in _BENCHES.items():
        n = len(_bench_runs(bench))
        found |= {f"{bench}.{i}": f"{PAGES[page].title}: {MODEL_NAMES[i]}" for i in range(n)}
    if state.get("source") == LINK:
        found = {LINK: _FROM_LINK, **found}
    return found


def _bench_runs(bench: str) -> tuple[RunConfig, ...]:
    return settings_of(bench, DEFAULTS[_BENCHES[bench]].runs)


def choose_source(state: SearchState) -> None:
    """Draw the choice between ready-made searches and the models of the benches."""
    sources = _sources(state)
    key = state.control_key("source")
    st.selectbox(
        "Start from",
        list(sources),
        index=list(sources).index(state.get("source")),
        format_func=sources.__getitem__,
        key=key,
        persist_state="session",
        help="A ready-made search, or the data and the model of a bench page",
        on_change=_take_source,
        args=(state, key),
    )


def _take_source(state: SearchState, key: str) -> None:
    source = st.session_state[key]
    state.set("changes", ())
    if source in PRESETS:
        state.load(PRESETS[source].config)
        return
    bench, _, model = source.partition(".")
    run = _bench_runs(bench)[int(model)]
    _take_base(state, run, source)


def _take_base(state: SearchState, run: RunConfig, source: str) -> None:
    """Search around another config, with the same settings."""
    base, changes = searchable(run)
    state.set("base", base)
    state.set("base-edition", state.get("base-edition", 0) + 1)
    state.set("source", source)
    state.set("changes", changes)


def _open_link(state: SearchState, key: str) -> None:
    text = st.session_state[key].strip()
    state.set("link-problem", "")
    if not text:
        return
    try:
        state.load(SearchConfig.from_url(text))
        state.set("changes", ())
    except ValueError as error:
        try:
            run = RunConfig.from_url(text)
        except ValueError:
            state.set("link-problem", problem_sentences(error)[0])
            return
        state.set("edition", state.edition + 1)
        _take_base(state, run, LINK)


def open_a_link(state: SearchState) -> None:
    """Draw the field for a link, and what is wrong with it."""
    key = state.control_key("link")
    st.text_input(
        "Open a link",
        key=key,
        placeholder="of a search or a bench",
        on_change=_open_link,
        args=(state, key),
    )
    if problem := state.get("link-problem"):
        st.error(problem)
