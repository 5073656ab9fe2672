"""Controls of a search in the sidebar: what it starts from, ranges, strategy, cost, button."""

import streamlit as st

from annlab.config import RunConfig
from annlab.config.parsing import is_typed
from annlab.config.settings import SETTINGS
from annlab.search.search_config import MAX_CONFIGS, SEEDS_EACH, SearchConfig
from annlab.search.search_job import request_of
from annlab.search.space import MAX_LEVELS, MAX_SETTINGS, SearchedSetting
from annlab.search.starting import offered_names, settings_to_search, suggested
from annlab.search.strategies import STRATEGIES
from annlab.setting_type import SEEDS, Choice, Flag, Number
from annlab.ui.layout import run_once
from annlab.ui.search.search_state import SearchState
from annlab.ui.search.source import choose_source, open_a_link
from annlab.ui.search.typed import Typed, read_search, split_sizes
from annlab.ui.text.search_text import COST_RULE, base_text, cost_text
from annlab.validation import Range

EPOCHS = Range(1, 10_000)


def search_settings(state: SearchState) -> None:
    """Draw the controls; a change trains nothing."""
    choose_source(state)
    # Above the settings, so that it is in sight without scrolling.
    start = st.container()
    base = _base(state)
    strategy = st.session_state.get(state.control_key("strategy"), state.loaded.strategy)
    typed = _searched(state, base, STRATEGIES[strategy].is_grid)
    config, problems = read_search(base, typed, _own(state, state.loaded))
    with start:
        searched = [fields.address for fields in typed]
        st.caption(" ".join([base_text(base, searched), *(state.get("changes") or ())]))
        _draw_start(state, config, problems)
    open_a_link(state)


def _draw_start(state: SearchState, config: SearchConfig | None, problems: list[str]) -> None:
    """Draw the button, and its cost or what is wrong."""
    st.button(
        "Search",
        key=state.key("start"),
        type="primary",
        icon=":material/search:",
        width="stretch",
        disabled=config is None,
        on_click=run_once(state.show_search),
        args=(config,),
    )
    for problem in problems:
        st.error(problem)
    if config is not None:
        st.caption(cost_text(config), help=COST_RULE)
    if config is None or request_of(config) != request_of(state.shown):
        st.caption("The results are from before your changes.")


def _base(state: SearchState) -> RunConfig:
    base = state.base
    key = state.control_key(f"epochs-{state.get('base-edition', 0)}")
    epochs = st.session_state.get(key, base.training.max_epochs)
    training = base.training.model_copy(update={"max_epochs": int(epochs or 1)})
    return base.model_copy(update={"training": training})


# --- the settings that vary --------------------------------------------------------------


def _searched(state: SearchState, base: RunConfig, is_grid: bool) -> list[Typed]:
    offered = settings_to_search(base)
    before = {searched.address: searched for searched in state.loaded.space}
    key = state.control_key("space")
    chosen = st.multiselect(
        "Settings to search",
        list(dict.fromkeys([*before, *offered])),
        default=list(before),
        format_func=lambda address: SETTINGS[address].label,
        key=key,
        max_selections=MAX_SETTINGS,
        persist_state="session",
        help="One to four. All other settings stay as they are.",
    )
    return [
        _fields(state, base, before.get(address) or suggested(address, base), is_grid)
        for address in chosen
    ]


def _fields(state: SearchState, base: RunConfig, start: SearchedSetting, is_grid: bool) -> Typed:
    setting, address = start.setting, start.address
    key = state.control_key(address)
    if isinstance(setting.kind, Number):
        scale = "On a log scale" if start.is_log else "In even steps"
        names = ["from", "to", *(["levels"] if is_grid else [])]
        st.markdown(f":small[{setting.label}: {', '.join(names)}]", help=scale)
        places = st.columns([3, 3, 2.6] if is_grid else 2, gap="small")
        ends = [
            place.text_input(
                f"{setting.label}: {name}",
                f"{end:g}",
                key=f"{key}-{name}",
                persist_state="session",
                label_visibility="collapsed",
            )
            for place, name, end in zip(places, names, (start.low, start.high), strict=False)
        ]
        n_levels = start.n_levels
        if is_grid:
            n_levels = places[2].number_input(
                f"{setting.label}: levels",
                2,
                MAX_LEVELS,
                start.n_levels,
                key=f"{key}-levels",
                persist_state="session",
                label_visibility="collapsed",
            )
        return Typed(address, ends[0], ends[1], int(n_levels))
    if is_typed(setting):
        text = st.text_input(
            setting.label,
            ", ".join(start.choices),
            key=f"{key}-choices",
            persist_state="session",
            help="Networks to try, such as 4, 8, 4-4",
        )
        return Typed(address, choices=split_sizes(text))
    assert isinstance(setting.kind, Choice | Flag)
    names = list(dict.fromkeys([*start.choices, *offered_names(address, base)]))
    chosen = st.multiselect(
        setting.label,
        names,
        default=list(start.choices),
        format_func=lambda text: setting.format(start.read(text)),
        key=f"{key}-choices",
        persist_state="session",
    )
    return Typed(address, choices=tuple(chosen))


# --- strategy, repeats and cost ----------------------------------------------------------


def _own(state: SearchState, loaded: SearchConfig) -> dict[str, str | int]:
    left, right = st.columns(2, gap="small", vertical_alignment="bottom")
    names = list(STRATEGIES)
    with left:
        strategy = st.selectbox(
            "Strategy",
            names,
            index=names.index(loaded.strategy),
            format_func=lambda name: STRATEGIES[name].label,
            key=state.control_key("strategy"),
            persist_state="session",
            help=" ".join(f"**{s.label}:** {s.help}" for s in STRATEGIES.values()),
        )
    n_configs = loaded.n_configs
    if not STRATEGIES[strategy].is_grid:
        with right:
            n_configs = _number(state, "configs", "Configs", Range(2, MAX_CONFIGS), n_configs)
    left, right = st.columns(2, gap="small", vertical_alignment="bottom")
    with left:
        n_seeds = _number(
            state,
            "seeds",
            "Seeds",
            SEEDS_EACH,
            loaded.n_seeds,
            "Networks of each config. Two or more tell settings from luck.",
        )
    with right:
        _number(
            state,
            f"epochs-{state.get('base-edition', 0)}",
            "Epochs",
            EPOCHS,
            state.base.training.max_epochs,
        )
    budget, seed = loaded.budget, loaded.seed
    with st.expander("Advanced"):
        budget = _number(
            state,
            "budget",
            "Budget in network-epochs",
            Range(0, 10**9),
            budget,
            "A search that needs more does not start (0 = no limit).",
        )
        seed = _number(
            state, "seed", "Random seed", SEEDS, seed, "Of the configs that a strategy draws"
        )
    return {
        "strategy": strategy,
        "n_configs": n_configs,
        "n_seeds": n_seeds,
        "budget": budget,
        "seed": seed,
    }


def _number(
    state: SearchState, name: str, label: str, limits: Range, value: int, about: str | None = None
) -> int:
    found = st.number_input(
        label,
        int(limits.low),
        int(limits.high),
        value,
        key=state.control_key(name),
        persist_state="session",
        help=about,
    )
    return int(found)
