"""State of a bench: settings in controls, links and share links."""

from typing import Any
from urllib.parse import parse_qs

import pytest
from streamlit.runtime.state.query_params_proxy import QueryParamsProxy
from streamlit.testing.v1 import AppTest

from annlab import RunConfig
from annlab.config.links import write_bench
from annlab.config.settings import SETTINGS
from annlab.lessons.experiment import Experiment
from annlab.lessons.experiments import EXPERIMENTS
from annlab.ui.state.bench_state import BenchState
from annlab.ui.state.page_state import VIEW

OF_A_MODEL = [name for name, setting in SETTINGS.items() if setting.scope == "model"]

STATE = BenchState("page", EXPERIMENTS["E4"].runs, ("binary",))


def _there_and_back() -> None:
    """Script that loads runs into the controls and reads them back."""
    import streamlit as st

    from annlab.config import RunConfig
    from annlab.ui.state.bench_state import BenchState

    runs = st.session_state["wanted"]
    state = BenchState("page", runs, ("binary",))
    state.load(runs)
    read = [RunConfig.model_validate(state.values(i)) for i in range(len(runs))]
    st.session_state["read"] = tuple(read)


def _read_back(runs: tuple[RunConfig, ...]) -> tuple[RunConfig, ...]:
    script = AppTest.from_function(_there_and_back, default_timeout=60)
    script.session_state["wanted"] = runs
    script.run()
    assert not script.exception
    return script.session_state["read"]


@pytest.mark.parametrize("entry", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_controls_reproduce_every_experiment(entry: Experiment) -> None:
    assert _read_back(entry.runs) == entry.runs


def _run(**settings: object) -> RunConfig:
    sections: dict[str, dict[str, object]] = {"dataset": {}, "model": {}, "training": {}}
    for url, value in settings.items():
        sections[SETTINGS[url].section][SETTINGS[url].name] = value
    return RunConfig.model_validate(sections)


@pytest.mark.parametrize(
    "run",
    [
        _run(),
        _run(hidden=(1024, 1), activation="step", dropout=0.35, init="pytorch", epochs=1),
        _run(optimizer="nesterov", momentum=0.999, lr=100.0, l2=1e-06),
        _run(batch=99_999, seed=2**31 - 1, seeds=1000, epochs=1, patience=10_000),
        _run(data="gaussians", noise=1.2345678, test=1 / 3, validation=0.125, split_seed=0),
        _run(data="spirals", classes=5, loss="mse", output="softmax", scaling="standard"),
        _run(data="diabetes", loss="huber", output="relu", accelerator="cpu"),
        _run(data="iris", resample="folds", seeds=5, validation=0.2),
        _run(data="moons", resample="sample", seeds=3, optimizer="rmsprop", rho=0.9),
        _run(data="function_1d", features=("x", "x_to_5"), scaling="minmax"),
        pytest.param(_run(lr=0.0123456789, l2=1 / 3)),
    ],
    ids=lambda run: run.to_url()[:40],
)
def test_controls_reproduce_unusual_settings(run: RunConfig) -> None:
    assert _read_back((run, run)) == (run, run)


def test_models_keep_their_own_settings() -> None:
    own: dict[str, list[Any]] = {
        "features": [("x1_squared", "x2_squared"), (), ("x2", "sin_x1")],
        "hidden": [(2,), (3,), ()],
        "activation": ["tanh", "relu", "selu"],
        "wide": [True, False, False],
        "init": ["zeros", "he_normal", "pytorch"],
        "dropout": [0.1, 0.2, 0.3],
        "optimizer": ["sgd", "adam", "nadam"],
        "lr": [0.1, 0.2, 0.3],
        "momentum": [0.1, 0.2, 0.3],
        "rho": [0.9, 0.99, 0.5],
        "accumulator": [0.0, 0.1, 1 / 3],
        "l2": [0.0, 0.1, 0.2],
        "l1": [0.1, 0.0, 0.2],
        "clip": [0.0, 0.1, 10.0],
        "schedule": ["constant", "step", "restarts"],
        "period": [30, 10, 20],
        "fall": [0.1, 0.5, 0.2],
        "scale": [1.0, 0.5, 2.0],
        "class_weights": ["none", "balanced", (1.0, 2.5)],
        "loss": ["mse", None, "binary_cross_entropy"],
        "output": [None, "sigmoid", None],
        "start": [(0.5,) * 11, None, (0.25,) * 3],
    }
    assert set(own) == set(OF_A_MODEL)
    runs = tuple(_run(**{url: values[i] for url, values in own.items()}) for i in range(3))
    assert _read_back(runs) == runs


def test_control_names_are_unique() -> None:
    keys = [STATE.name_of(setting, 1) for setting in SETTINGS.values()]
    assert len(set(keys)) == len(keys)
    for setting in SETTINGS.values():
        shared = STATE.name_of(setting, 0) == STATE.name_of(setting, 1)
        assert shared is (setting.address not in OF_A_MODEL)
    assert STATE.name_of(SETTINGS["lr"], 1) == "b-lr"
    assert STATE.name_of(SETTINGS["noise"], 1) == "noise"


def test_all_models_share_the_data() -> None:
    assert all(SETTINGS[url].section != "dataset" for url in OF_A_MODEL)


def test_view_names_and_setting_names_are_disjoint() -> None:
    # Both appear in the same address.
    assert not set(VIEW) & set(SETTINGS)


def _controls(changed: dict[str, object]) -> AppTest:
    """Controls of two models, some of them changed by hand."""

    def script() -> None:
        import streamlit as st

        from annlab.config import DatasetConfig
        from annlab.lessons.experiments import EXPERIMENTS
        from annlab.ui.state.bench_state import BenchState

        state = BenchState("page", EXPERIMENTS["E4"].runs, ("binary",))
        state.load(state.default)
        for name, value in st.session_state["changed"].items():
            st.session_state[state.current_key(name)] = value
        state.finish_drawing()
        st.session_state["page-drawn"] = set(st.session_state["changed"])
        st.session_state["wanted"] = state.wanted()
        st.session_state["values"] = [state.values(i) for i in range(2)]
        state.load(state.runs_on(DatasetConfig(name="xor", n_samples=300)), keep_typed=True)
        st.session_state["kept"] = dict(state.get("memory"))

    run = AppTest.from_function(script, default_timeout=60)
    run.session_state["changed"] = changed
    run.run()
    assert not run.exception
    return run


def test_controls_that_were_not_drawn_before_are_told() -> None:
    def script() -> None:
        import streamlit as st

        from annlab.config.settings import SETTINGS
        from annlab.lessons.experiments import EXPERIMENTS
        from annlab.ui.state.bench_state import BenchState

        state = BenchState("page", EXPERIMENTS["E4"].runs, ("binary",))
        state.load(state.default)
        told = []
        for drawn in (["lr"], ["lr"], ["lr", "noise"], ["noise"], ["noise"], ["lr"]):
            state.read_widgets()
            for name in drawn:
                state.widget_key(SETTINGS[name])
            told.append(state.finish_drawing())
        st.session_state["told"] = told

    run = AppTest.from_function(script, default_timeout=60).run()
    assert not run.exception
    assert run.session_state["told"] == [True, False, True, False, False, True]


@pytest.mark.parametrize(
    ("name", "typed", "section", "setting", "value"),
    [
        ("b-hidden", "(50,)", "model", "hidden_sizes", (50,)),
        ("b-hidden", "", "model", "hidden_sizes", ()),
        ("b-lr", "0,05", "training", "learning_rate", 0.05),
        ("b-l2", "1e-3", "training", "weight_decay", 0.001),
        ("batch", "[64]", "training", "batch_size", 64),
        ("epochs", "1,000", "training", "max_epochs", 1000),
    ],
)
def test_typed_values_are_parsed(
    name: str, typed: str, section: str, setting: str, value: object
) -> None:
    run = _controls({name: typed})
    runs, sentences = run.session_state["wanted"]
    assert sentences == []
    assert getattr(getattr(runs[1], section), setting) == value


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("b-lr", "0,05,1", "Model B: **Learning rate:** “0,05,1” is not a number. Write it like "),
        ("a-hidden", "4-x", "Model A: **Hidden layers:** “4-x” is not a list of layer sizes."),
        ("epochs", "1e9", "**Epochs:** “1e9” is more than 10,000. Write a whole number from 1 to "),
        ("batch", "<b>", "**Batch size:** “\\<b\\>” is not a whole number."),
    ],
)
def test_unparsable_text_is_quoted_and_stays_in_its_control(
    name: str, typed: str, sentence: str
) -> None:
    run = _controls({name: typed})
    runs, sentences = run.session_state["wanted"]
    assert runs is None
    assert len(sentences) == 1  # once, even for a setting of all models
    assert sentences[0].startswith(sentence)
    # Until then, the page uses the last valid value.
    plain = _controls({})
    assert run.session_state["values"] == plain.session_state["values"]
    # Another data set keeps the text.
    assert run.session_state["kept"] == {**plain.session_state["kept"], name: typed}


def test_new_settings_replace_unparsable_text() -> None:
    run = _controls({"samples": "many"})  # other data, other samples
    assert run.session_state["kept"]["samples"] == "300"


def test_folds_set_the_test_split_to_zero() -> None:
    run = _controls({"test": 0.25, "resample": "folds", "seeds": "5"})
    runs, sentences = run.session_state["wanted"]
    assert sentences == []
    assert runs[0].dataset.test_fraction == 0
    assert runs[0].sizes.test == 200


def test_hidden_control_keeps_its_last_value() -> None:
    def script() -> None:
        import streamlit as st

        from annlab.lessons.experiments import EXPERIMENTS
        from annlab.ui.state.bench_state import BenchState

        state = BenchState("page", EXPERIMENTS["E4"].runs, ("binary",))
        state.load(EXPERIMENTS["E6"].runs)
        # Streamlit may give a removed control an outdated value.
        st.session_state["page-b-activation"] = "sigmoid"
        st.session_state["wanted"] = state.wanted()

    run = AppTest.from_function(script, default_timeout=60).run()
    assert not run.exception
    assert run.session_state["wanted"] == (EXPERIMENTS["E6"].runs, [])


def test_forced_value_gives_the_widget_a_new_key() -> None:
    def script() -> None:
        import streamlit as st

        from annlab.ui.state.page_state import PageState

        state, keys = PageState("page"), []
        for value in (1, 1, 2, 2, 1):
            state.force_value("epoch", value)
            keys.append(state.current_key("epoch"))
            # The browser reports the value after drawing it.
            st.session_state[keys[-1]] = value
        st.session_state["keys"] = keys
        st.session_state["kept"] = [key in st.session_state for key in keys]

    run = AppTest.from_function(script, default_timeout=60).run()
    assert not run.exception
    first, again, second, still, third = run.session_state["keys"]
    assert first == again == "page-epoch"
    assert second == still
    assert len({first, second, third}) == 3
    # The other keys are removed.
    assert run.session_state["kept"] == [False, False, False, False, True]


def test_address_is_sent_again_if_a_rerun_told_of_an_earlier_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def script() -> None:
        import streamlit as st

        from annlab.ui.state.page_state import PageState

        state = PageState("page")
        state.set_view(epoch=st.session_state["epoch"])
        state.write_address()

    sent = []
    plain = QueryParamsProxy.from_dict

    def from_dict(self: QueryParamsProxy, query: dict[str, str]) -> None:
        sent.append(query["epoch"])
        plain(self, query)

    monkeypatch.setattr(QueryParamsProxy, "from_dict", from_dict)
    run = AppTest.from_function(script, default_timeout=60)
    # The browser does not know of epoch 2 yet when it reports epoch 1 again.
    for epoch, told in ((1, None), (1, "1"), (2, "1"), (1, "1"), (1, "1")):
        run.session_state["epoch"] = epoch
        if told:
            run.query_params["epoch"] = told
        run.run()
        assert not run.exception
    assert sent == ["1", "2", "1"]


# --- addresses ----------------------------------------------------------------------------------


def _opened(
    query: dict[str, list[str]], default: str, tasks: tuple[str, ...], varied: str = ""
) -> AppTest:
    """Open a bench by an address."""

    def script() -> None:
        import streamlit as st

        from annlab.lessons.experiments import EXPERIMENTS
        from annlab.ui.state.bench_state import BenchState

        default, tasks, varied = st.session_state["bench"]
        state = BenchState("page", EXPERIMENTS[default].runs, tasks, varied)
        state.prepare()
        state.write_address()

    run = AppTest.from_function(script, default_timeout=60)
    run.session_state["bench"] = (default, tasks, varied)
    for name, values in query.items():
        run.query_params[name] = values
    run.run()
    assert not run.exception
    return run


def _of(run: AppTest, url: str) -> list[object]:
    return [SETTINGS[url].get(config) for config in run.session_state["page-settings"]]


def test_link_with_data_set_of_another_page_loses_only_the_data_set() -> None:
    run = _opened({"data": ["iris"], "epochs": ["7"], "b.lr": ["0.3"]}, "E4", ("binary",))
    assert _of(run, "data") == ["moons", "moons"]
    assert _of(run, "epochs") == [7, 7]
    assert _of(run, "lr") == [0.001, 0.3]
    assert run.session_state["page-problems"] == [
        "Iris belongs on the Multiclass page; “data” is left out."
    ]
    alone = _opened({"data": ["iris"]}, "E4", ("binary",))
    assert alone.session_state["page-settings"] == EXPERIMENTS["E4"].runs


def test_repeated_link_name_is_reported() -> None:
    run = _opened(
        {"lr": ["0.1", "0.2"], "utm_source": ["a", "b"], "epochs": ["7", "7"]}, "E4", ("binary",)
    )
    assert _of(run, "lr") == [0.2, 0.2]
    assert run.session_state["page-problems"] == ["“lr” is repeated; the last value is used."]


def test_tracker_names_are_ignored_and_not_passed_on() -> None:
    added = {
        "fbclid": ["x"],
        "utm_source": ["mail"],
        "gclid": ["x"],
        "_ga": ["2"],
        "authuser": ["0"],
    }
    run = _opened({"lr": ["0.1"], **added}, "E4", ("binary",))
    assert run.session_state["page-problems"] == []
    assert run.query_params == _opened({"lr": ["0.1"]}, "E4", ("binary",)).query_params
    assert not set(added) & set(run.query_params)
    alone = _opened(added, "E4", ("binary",))
    assert alone.session_state["page-settings"] == EXPERIMENTS["E4"].runs


@pytest.mark.parametrize(
    ("activation", "problems"),
    [
        ({}, []),
        (
            {"activation": ["tanh"]},
            ["activation: two values are needed; “activation” is left out."],
        ),
    ],
)
def test_settings_stay_if_models_would_not_differ(
    activation: dict[str, list[str]], problems: list[str]
) -> None:
    run = _opened(
        {"data": ["xor"], "hidden": ["8"], **activation}, "circle", ("binary",), "activation"
    )
    assert run.session_state["page-problems"] == problems
    own = [entry.model.activation for entry in EXPERIMENTS["circle"].runs]
    assert _of(run, "activation") == own
    assert set(_of(run, "data")) == {"xor"}
    assert set(_of(run, "hidden")) == {(8,)}


@pytest.mark.parametrize("value", ["", "nan", "9" * 5000, "\x00", "🦆", "<script>"])
def test_hostile_links_are_read_without_an_error(value: str) -> None:
    names = [*SETTINGS, *(f"b.{name}" for name in OF_A_MODEL), *VIEW, "models"]
    run = _opened({name: [value, value + "1"] for name in names}, "E4", ("binary",))
    assert len(run.session_state["page-settings"]) == 2
    for problem in run.session_state["page-problems"]:
        assert len(problem) < 400


def test_share_link_leads_to_shown_runs_despite_changed_controls() -> None:
    def script() -> None:
        import streamlit as st

        from annlab.lessons.experiments import EXPERIMENTS
        from annlab.ui.state.bench_state import BenchState

        runs = EXPERIMENTS["E4"].runs
        state = BenchState("page", runs, ("binary",))
        state.load((*runs, runs[0]))
        state.show(EXPERIMENTS["E1"].runs)
        state.set_view(epoch=7, network=3)
        st.session_state["queries"] = state.query_of_results(), state.query(), state.link()

    run = AppTest.from_function(script, default_timeout=60).run()
    assert not run.exception
    shown, address, link = run.session_state["queries"]
    assert shown == {**write_bench(EXPERIMENTS["E1"].runs), "epoch": "7", "network": "3"}
    assert address["models"] == "3"
    assert parse_qs(link.partition("?")[2]) == {name: [text] for name, text in shown.items()}
