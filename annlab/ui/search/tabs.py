"""Tabs below the views: replays on the table, the test split, downloads."""

from functools import partial

import streamlit as st

from annlab.search.export import optuna_script, sklearn_script, why_no_script
from annlab.search.opened_test import opened_test_sentence
from annlab.search.search_job import request_of
from annlab.search.table_rows import search_csv
from annlab.ui.browser import theme
from annlab.ui.layout import run_once
from annlab.ui.layout import table as draw_table
from annlab.ui.results.charts import show_chart
from annlab.ui.results.computation import computed
from annlab.ui.search.search_results import race_curves, race_picture, table_of
from annlab.ui.search.search_state import SearchState
from annlab.ui.text.search_text import race_table, settings_text

MAX_GUESSES = 10
# Most configs that a searcher may try, and how many it tries at first.
MAX_TRIES, N_TRIES = 50, 10
# Session key: digests of the searches whose test split is open.
_OPENED = "search-tests-opened"


def other_searches(state: SearchState, data: bytes) -> None:
    """Draw the tab: what other strategies would have found on the same table."""
    table = table_of(data)
    if not table.config.plan.is_grid or not table.is_complete:
        st.info(
            "Other strategies are replayed on the scores of a complete grid. Search a grid first.",
            icon=":material/grid_on:",
        )
        return
    st.markdown(
        "**What would another search have found?** Each strategy tries some configs of this grid, "
        "with one network each, a thousand times over. The table knows every score, so nothing is "
        "trained."
    )
    guesses = [row for row in state.guesses if row < table.n_configs]
    _draw_guesses(state, data, guesses)
    left, right = st.columns(2, vertical_alignment="bottom")
    most = min(MAX_TRIES, table.n_configs)
    with left:
        n_tries = int(
            st.slider(
                "Configs that each search may try",
                2,
                most,
                min(N_TRIES, most),
                key=state.view_key(f"tries-{most}"),
                persist_state="session",
            )
        )
    with right:
        is_true = not st.toggle(
            "As the searcher sees it",
            key=state.key("as-seen"),
            persist_state="session",
            help="Scores of the one network that was trained, which favor lucky ones. Otherwise "
            "the mean over all seeds of the same config.",
        )
    given = tuple(guesses[:n_tries])
    curves = race_curves(data, n_tries, given, is_true=is_true)
    means = table.mean_scores()
    best = float(means.max() if table.headline.higher_is_better else means.min())
    chart, numbers = st.columns([3, 2], gap="small")
    with chart:
        show_chart(
            race_picture(data, n_tries, given, is_true=is_true, theme=theme()),
            state.key("race"),
            f"Best {table.headline.label.lower()} so far of each strategy against its cost",
        )
    with numbers:
        draw_table(race_table(curves, best))
        st.caption(
            "Lines are medians, bands the middle 80 % of the repeats, and the dotted line is the "
            "best config of the grid. Costs are network-epochs; a grid and halving may cost less "
            "than the others, because they need whole levels and rungs."
        )


def _draw_guesses(state: SearchState, data: bytes, guesses: list[int]) -> None:
    table = table_of(data)
    row = state.chosen(table.order)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Guess {len(guesses) + 1} of {MAX_GUESSES}: the chosen config",
            key=state.key("guess"),
            icon=":material/add:",
            disabled=len(guesses) >= MAX_GUESSES or row in guesses,
            on_click=run_once(_set_guesses),
            args=(state, [*guesses, row]),
        )
        st.button(
            "Clear guesses",
            key=state.key("no-guess"),
            disabled=not guesses,
            on_click=run_once(_set_guesses),
            args=(state, []),
        )
    if guesses:
        texts = (f"{k}. {settings_text(table, one)}" for k, one in enumerate(guesses, 1))
        st.caption(" · ".join(texts))
    else:
        st.caption("Choose a config above, then add it here, in the order you would try them.")


def _set_guesses(state: SearchState, guesses: list[int]) -> None:
    state.set_view(guesses="-".join(map(str, guesses)) or None)


def test_split(state: SearchState, data: bytes) -> None:
    """Draw the tab: the best config on the test split, which nothing has looked at."""
    table = table_of(data)
    if not table.is_complete:
        st.info("The test split is opened when the search is complete.", icon=":material/lock:")
        return
    if not table.config.base.has_test:
        st.info(
            "These data have no test split. Set the test fraction of the bench above 0 and search "
            "again.",
            icon=":material/lock:",
        )
        return
    request = request_of(state.shown)
    opened = st.session_state.setdefault(_OPENED, set())
    if request not in opened:
        st.markdown(
            "The search chose by the validation split. The test split has chosen nothing, so its "
            "score tells how good the best config really is."
        )
        st.button(
            "Open the test split",
            key=state.key("open-test"),
            icon=":material/lock_open:",
            on_click=run_once(opened.add),
            args=(request,),
        )
        return
    found = computed("search_test", request, "Test of the best config", attached=lambda: data)
    if found is not None:
        st.markdown(opened_test_sentence(table_of(found)))


def export(state: SearchState, data: bytes) -> None:
    """Draw the tab: link, table and scripts."""
    table, config = table_of(data), state.shown
    st.caption("Anyone who opens this link sees the same search:")
    st.code(state.link(), language=None, wrap_lines=True)
    reason = why_no_script(config)
    with st.container(horizontal=True):
        st.download_button(
            "Table",
            partial(search_csv, table),
            "search.csv",
            "text/csv",
            key=state.key("csv"),
            icon=":material/table:",
            on_click="ignore",
            help="All configs with their scores, best first",
        )
        for name, label, make in (
            ("sklearn", "scikit-learn script", sklearn_script),
            ("optuna", "Optuna script", optuna_script),
        ):
            st.download_button(
                label,
                partial(make, config),
                f"search_{name}.py",
                "text/x-python",
                key=state.key(name),
                icon=":material/code:",
                disabled=bool(reason),
                on_click="ignore",
                help="The same search without annlab",
            )
    if reason:
        st.caption(f"No scripts: {reason}")
    st.caption("In a notebook:")
    st.code(
        "from annlab.search.run_search import search\n"
        "from annlab.search.search_config import SearchConfig\n\n"
        f'table = search(SearchConfig.from_url("{config.to_url()}"))',
        wrap_lines=True,
    )
