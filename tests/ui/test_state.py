"""The state of a bench: controls hold settings, and give them back."""

import pytest
from streamlit.testing.v1 import AppTest

from annlab import RunConfig
from annlab.experiments import EXPERIMENTS, Experiment
from annlab.fields import BY_URL, FIELDS
from annlab.ui.state import OF_A_MODEL, VIEW, BenchState

STATE = BenchState("page", EXPERIMENTS["E4"].runs, ("binary",))


def _there_and_back() -> None:
    """A script: load settings into the controls, and read them from there."""
    import streamlit as st

    from annlab.config import RunConfig
    from annlab.ui.state import BenchState

    runs = st.session_state["wanted"]
    state = BenchState("page", runs, ("binary",))
    state.load(runs)
    read = [RunConfig.model_validate(state.values(i)) for i in range(len(runs))]
    st.session_state["read"] = tuple(read)


def _read_back(runs: tuple[RunConfig, ...]) -> tuple[RunConfig, ...]:
    script = AppTest.from_function(_there_and_back)
    script.session_state["wanted"] = runs
    script.run()
    assert not script.exception
    return script.session_state["read"]


@pytest.mark.parametrize("entry", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_an_experiment_survives_the_controls(entry: Experiment) -> None:
    assert _read_back(entry.runs) == entry.runs


def _run(**settings: object) -> RunConfig:
    sections: dict[str, dict[str, object]] = {"dataset": {}, "model": {}, "training": {}}
    for url, value in settings.items():
        sections[BY_URL[url].section][BY_URL[url].name] = value
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
        pytest.param(_run(lr=0.0123456789, l2=1 / 3)),
    ],
    ids=lambda run: run.to_url()[:40],
)
def test_odd_settings_survive_the_controls(run: RunConfig) -> None:
    assert _read_back((run, run)) == (run, run)


def test_models_keep_what_is_their_own() -> None:
    own = {
        "hidden": [(2,), (3,), ()],
        "activation": ["tanh", "relu", "selu"],
        "init": ["zeros", "he_normal", "pytorch"],
        "dropout": [0.1, 0.2, 0.3],
        "optimizer": ["sgd", "adam", "nadam"],
        "lr": [0.1, 0.2, 0.3],
        "momentum": [0.1, 0.2, 0.3],
        "rho": [0.9, 0.99, 0.5],
        "accumulator": [0.0, 0.1, 1 / 3],
        "l2": [0.0, 0.1, 0.2],
        "loss": ["mse", None, "binary_cross_entropy"],
        "output": [None, "sigmoid", None],
    }
    assert set(own) == set(OF_A_MODEL)
    runs = tuple(_run(**{url: values[i] for url, values in own.items()}) for i in range(3))
    assert _read_back(runs) == runs


def test_each_control_has_its_name() -> None:
    keys = [STATE.name_of(field, 1) for field in FIELDS]
    assert len(set(keys)) == len(keys)
    for field in FIELDS:
        shared = STATE.name_of(field, 0) == STATE.name_of(field, 1)
        assert shared is (field.url not in OF_A_MODEL)
    assert STATE.name_of(BY_URL["lr"], 1) == "b-lr"
    assert STATE.name_of(BY_URL["noise"], 1) == "noise"


def test_data_are_shared_by_all_models() -> None:
    assert all(BY_URL[url].section != "dataset" for url in OF_A_MODEL)


def test_names_of_the_view_are_no_settings() -> None:
    # Both stand in the same address.
    assert not set(VIEW) & set(BY_URL)


def _controls(said: dict[str, object]) -> AppTest:
    """What controls of two models say, where some of them were changed by hand."""

    def script() -> None:
        import streamlit as st

        from annlab.config import DatasetConfig
        from annlab.experiments import EXPERIMENTS
        from annlab.ui.state import BenchState

        state = BenchState("page", EXPERIMENTS["E4"].runs, ("binary",))
        state.load(state.default)
        for name, value in st.session_state["said"].items():
            st.session_state[state.key_of(name)] = value
        state.all_drawn()
        st.session_state["page-drawn"] = set(st.session_state["said"])
        st.session_state["wanted"] = state.wanted()
        st.session_state["values"] = [state.values(i) for i in range(2)]
        state.load(state.runs_on(DatasetConfig(name="xor", n_samples=300)), keep_typed=True)
        st.session_state["kept"] = dict(state.get("memory"))

    run = AppTest.from_function(script)
    run.session_state["said"] = said
    run.run()
    assert not run.exception
    return run


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
def test_what_is_typed_is_read(
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
def test_what_is_not_understood_is_quoted_and_stays_in_its_control(
    name: str, typed: str, sentence: str
) -> None:
    run = _controls({name: typed})
    runs, sentences = run.session_state["wanted"]
    assert runs is None
    assert len(sentences) == 1  # once, also where it is every model's
    assert sentences[0].startswith(sentence)
    # Meanwhile the last value that was understood counts, for what is drawn of it.
    plain = _controls({})
    assert run.session_state["values"] == plain.session_state["values"]
    # Another data set leaves the text alone.
    assert run.session_state["kept"] == {**plain.session_state["kept"], name: typed}


def test_a_text_goes_where_new_settings_bring_another_value() -> None:
    run = _controls({"samples": "many"})  # other data, other samples
    assert run.session_state["kept"]["samples"] == "300"


def test_folds_need_no_test_split() -> None:
    run = _controls({"test": 0.25, "resample": "folds", "seeds": "5"})
    runs, sentences = run.session_state["wanted"]
    assert sentences == []
    assert runs[0].dataset.test_fraction == 0
    assert runs[0].sizes.test == 200


def test_a_control_that_is_not_drawn_says_what_it_last_said() -> None:
    def script() -> None:
        import streamlit as st

        from annlab.experiments import EXPERIMENTS
        from annlab.ui.state import BenchState

        state = BenchState("page", EXPERIMENTS["E4"].runs, ("binary",))
        state.load(EXPERIMENTS["E6"].runs)
        # Streamlit gives a control that has gone the value of some earlier time.
        st.session_state["page-b-activation"] = "sigmoid"
        st.session_state["wanted"] = state.wanted()

    run = AppTest.from_function(script).run()
    assert not run.exception
    assert run.session_state["wanted"] == (EXPERIMENTS["E6"].runs, [])


def test_a_control_that_is_made_to_say_something_is_another_one() -> None:
    def script() -> None:
        import streamlit as st

        from annlab.ui.state import PageState

        state, keys = PageState("page"), []
        for value in (1, 1, 2, 2, 1):
            state.hold("epoch", value)
            keys.append(state.key_of("epoch"))
            # What the browser reports once it has shown that.
            st.session_state[keys[-1]] = value
        st.session_state["keys"] = keys
        st.session_state["kept"] = [key in st.session_state for key in keys]

    run = AppTest.from_function(script).run()
    assert not run.exception
    first, again, second, still, third = run.session_state["keys"]
    assert first == again == "page-epoch"
    assert second == still
    assert len({first, second, third}) == 3
    # Nothing is left of the others.
    assert run.session_state["kept"] == [False, False, False, False, True]
