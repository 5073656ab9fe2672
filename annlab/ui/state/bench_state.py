"""State of a bench: settings, shown runs, runs in training, and the address.

The file is long because the controls, the settings that they give and the address change together.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import streamlit as st
from pydantic import ValidationError

from annlab.config import DatasetConfig, RunConfig
from annlab.config.link_settings import PREFIXES
from annlab.config.links import write_bench
from annlab.config.parsing import TypedError
from annlab.config.settings import SECTIONS, SETTINGS, setting_named
from annlab.datasets.own.own_data import OWN
from annlab.runs.budget import check_budget
from annlab.setting_type import Setting
from annlab.ui.browser import stayed_on_page
from annlab.ui.services import services
from annlab.ui.state.bench_link import MODELS, read_bench_link
from annlab.ui.state.own_choice import YOUR_FILE, own_of
from annlab.ui.state.page_state import PageState, Runs, browser_query
from annlab.ui.state.setting_values import by_address, from_control, on_data, to_control
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.model_names import (
    model_name,
    name_models,
    names_from_link,
)
from annlab.ui.text.settings_text import friendly_error
from annlab.validation import explain

# Session key: a run, and the model that it becomes on the next bench.
_WISH = "bench-wish"


def send_to_bench(run: RunConfig, model: int) -> None:
    """Load a run into the next bench of its task, as model A (0), B (1) …"""
    st.session_state[_WISH] = (run, model)


def settings_of(page: str, default: Sequence[RunConfig]) -> Runs:
    """Settings of a page's bench before its controls are drawn."""
    return PageState(page).get("settings") or tuple(default)


class BenchState(PageState):
    """State of one page's bench in this session.

    Parameters
    ----------
    page : str
        Name of the page.
    default : sequence of RunConfig
        Runs of the page without a link.
    tasks : sequence of str
        Tasks whose data sets the page offers.
    varied : str
        Link name of the one setting in which the models differ, with one model per value. Empty:
        each of the models in `default` has its own settings.
    """

    def __init__(
        self, page: str, default: Sequence[RunConfig], tasks: Sequence[str], varied: str = ""
    ) -> None:
        super().__init__(page)
        self.default = tuple(default)
        self.tasks = tuple(tasks)
        self.varied = varied
        self._drawing: set[str] = set()

    @property
    def n_models(self) -> int:
        """Number of models that the controls describe."""
        if self.varied:
            return len(self._widget_values()(self.varied) or ())
        return len(self.get("settings") or self.default)

    # --- settings ------------------------------------------------------------------------

    def prepare(self) -> None:
        """Load the settings from the address or from a run that another page sent.

        The address is read on first opening, and after the browser's Back or Forward.
        """
        if self.must_read_address():
            query, problems = browser_query()
            runs, wrong = read_bench_link(query, self.default, self.tasks, self.varied)
            self.set("problems", problems + wrong)
            self.set("asked", any(name.rpartition(".")[2] in SETTINGS for name in query))
            self.read_view(query)
            self.load(runs)
            self.set("past", [])
            self.note_address_read()
        if (wish := st.session_state.get(_WISH)) and wish[0].task.name in self.tasks:
            self.use(*wish)
            del st.session_state[_WISH]
        name_models(self.names)

    @property
    def names(self) -> dict[int, str]:
        """Names given by the user, by the index of the model."""
        return names_from_link(self.view("names") or "")

    def changed(self, name: str) -> Any:
        """New value of a widget since its last drawing; None if the user has not changed it."""
        memory, value = self.get("memory"), st.session_state.get(self.current_key(name))
        is_new = name in memory and name in self._still_drawn() and value != memory[name]
        return value if is_new else None

    def read_widgets(self) -> None:
        """Remember the values of all widgets before they are drawn.

        Streamlit forgets the value of a widget that is not drawn: on another page, in a closed
        expander, or because its setting does not apply. The widget later restarts with this value.
        """
        self._drawing = set()  # every rerun of a fragment uses the same state
        memory, drawn = self.get("memory"), self._still_drawn()
        for name in drawn & memory.keys():
            memory[name] = st.session_state.get(self.current_key(name), memory[name])

    def _still_drawn(self) -> set[str]:
        return self.get("drawn", set()) if stayed_on_page() else set()

    def load(self, runs: Runs, keep_typed: bool = False) -> None:
        """Set every control to the settings of runs.

        Parameters
        ----------
        runs : tuple of RunConfig
        keep_typed : bool
            Whether a control keeps text that cannot be parsed if `runs` do not change its
            setting.
        """
        memory = self._controls_of(runs)
        if keep_typed:
            before = self._controls_of(self.get("settings"))
            for name, text in self._not_understood().items():
                if name in memory and memory[name] == before[name]:
                    memory[name] = text
        self.set("settings", runs)
        self.set("memory", memory)
        for name, value in memory.items():
            self.force_value(name, value)

    def _controls_of(self, runs: Runs) -> dict[str, Any]:
        """Value of every control that produces `runs`, by control name."""
        values = {
            self.name_of(setting, i): to_control(setting, run)
            for setting in SETTINGS.values()
            for i, run in enumerate(runs)
        }
        if self.varied:
            values[self.varied] = [SETTINGS[self.varied].get(run) for run in runs]
        return values

    def use(self, run: RunConfig, model: int) -> None:
        """Load a run as one model, with its data and training settings.

        The other models keep their own settings where these are valid with the new data.
        """
        self.load(self.runs_with(run, model))
        # As on first opening, the page shows stored runs and trains the missing ones.
        self.set("shown", None)
        self.set("pending", None)
        self._look_at_end()

    def mixed(self, own: RunConfig, shared: RunConfig) -> RunConfig:
        """Run with a model's own settings from one run, and the shared ones from another.

        Raises
        ------
        ValidationError
            If they contradict each other.
        """
        values: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
        for address, setting in SETTINGS.items():
            is_own = address == self.varied if self.varied else setting.scope == "model"
            values[setting.section][setting.name] = setting.get(own if is_own else shared)
        return RunConfig.model_validate(values)

    def runs_with(self, run: RunConfig, model: int) -> Runs:
        """Runs of the bench with a run as one model, and its data and training settings for all."""

        def beside(other: RunConfig) -> RunConfig:
            try:
                return self.mixed(other, run)
            except ValidationError:
                return run

        settings = self.get("settings") or self.default
        runs = [run if i == model else beside(other) for i, other in enumerate(settings)]
        if self.varied:
            # The control accepts each value only once, so replace a duplicate by the old value.
            unique = {
                SETTINGS[self.varied].get(run): run for run in (*runs, beside(settings[model]))
            }
            runs = list(unique.values())[: len(runs)]
        return tuple(runs)

    def name_of(self, setting: Setting, model: int = 0) -> str:
        """Name of a control; a setting of a model has one control per model."""
        own = setting.scope == "model" and not self.varied
        return f"{PREFIXES[model]}-{setting.address}" if own else setting.address

    def value_of(self, setting: Setting, model: int = 0) -> Any:
        """Widget value of a setting while the controls are drawn."""
        name = self.name_of(setting, model)
        return st.session_state.get(self.current_key(name), self.get("memory")[name])

    def show(self, runs: Runs) -> None:
        """Show runs on the page; runs that replace others are shown at their last epoch."""
        if self.get("shown"):
            self._look_at_end()
        super().show(runs)

    def _look_at_end(self) -> None:
        self.forget_view("epoch")

    def widget_key(self, setting: Setting, model: int = 0) -> str:
        """Widget key of a setting; marks the widget as drawn."""
        return self._widget_key(self.name_of(setting, model))

    def key_showing(self, name: str, value: Any) -> str:
        """Key of a widget whose value is derived from other widgets."""
        self.get("memory")[name] = value
        self.force_value(name, value)
        return self._widget_key(name)

    def _widget_key(self, name: str) -> str:
        self._drawing.add(name)
        return self.current_key(name)

    def finish_drawing(self) -> bool:
        """Record which widgets were drawn; a script run that is cut off earlier records nothing.

        Returns
        -------
        bool
            Whether widgets were drawn that were not drawn last time. The user may have changed them
            if the script run before was cut off.
        """
        are_new = not self._drawing <= self.get("drawn", set())
        self.set("drawn", self._drawing)
        return are_new

    def values(self, model: int) -> dict[str, dict[str, Any]]:
        """Unvalidated settings of one model, by section and name.

        Text that cannot be parsed is replaced by the last valid value.
        """
        return self._read(model)[0]

    def values_by_address(self, model: int) -> dict[str, Any]:
        """Unvalidated settings of one model by link name, and the name of its "task"."""
        return by_address(self.values(model))

    def _read(self, model: int) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        """Settings of one model, and the parsing errors by control name."""
        values: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
        wrong = {}
        widget_value = self._widget_values()
        for setting in SETTINGS.values():
            name = self.name_of(setting, model)
            if setting.address == self.varied:
                chosen = widget_value(name) or ()
                # With no value selected, the page still shows the other settings.
                value = chosen[model] if model < len(chosen) else setting.get(self.default[0])
            else:
                try:
                    value = from_control(setting, widget_value(name))
                except TypedError as error:
                    wrong[name] = f"{setting.label}: {error}"
                    settings = self.get("settings") or self.default
                    value = setting.get(settings[min(model, len(settings) - 1)])
            values[setting.section][setting.name] = value
        data = values["dataset"]
        chosen_data = widget_value(self.name_of(SETTINGS["data"]))
        data["own"] = own_of(chosen_data, data["own"])
        # "Your file" leads to another page, and data may have been deleted meanwhile.
        if chosen_data == YOUR_FILE or (data["name"] == OWN and data["own"] is None):
            data.update(dict((self.get("settings") or self.default)[0].dataset))
        if values["dataset"]["resample"] == "folds":  # each fold is a test split once
            values["dataset"]["test_fraction"] = 0.0
        if wrong:  # a text in a control that is not drawn cannot be corrected, and has no effect
            applying = by_address(values)
            wrong = {
                self.name_of(setting, model): wrong[self.name_of(setting, model)]
                for setting in SETTINGS.values()
                if self.name_of(setting, model) in wrong and setting.applies(applying)
            }
        return values, wrong

    def _not_understood(self) -> dict[str, Any]:
        """Text of the controls that cannot be parsed, by control name."""
        widget_value = self._widget_values()
        return {name: widget_value(name) for i in range(self.n_models) for name in self._read(i)[1]}

    def runs_on(self, data: DatasetConfig) -> Runs:
        """Runs of the current models on another data set."""
        last: Runs = self.get("settings")
        if self.n_models != len(last):
            return tuple(on_data(run, data) for run in last)
        runs = []
        for i, run in enumerate(last):
            values = {**self.values(i), "dataset": run.dataset.model_dump()}
            with suppress(ValidationError):  # or the model's last valid settings
                run = RunConfig.model_validate(values)
            runs.append(on_data(run, data))
        return tuple(runs)

    def _widget_values(self) -> Callable[[str], Any]:
        """Return what gives the value of a widget by its name, while no other code changes it.

        Each access to the session takes time.
        """
        memory, drawn = self.get("memory", {}), self.get("drawn", ())
        editions = self.get("editions", {})

        def value(name: str) -> Any:
            last = memory.get(name)
            if name not in drawn:
                # Streamlit may hold an outdated value of a widget that was not drawn last time.
                return last
            return st.session_state.get(self._key_of_edition(name, editions), last)

        return value

    def wanted(self) -> tuple[Runs | None, list[str]]:
        """Validated runs of all controls.

        Returns
        -------
        tuple of RunConfig or None
            None if a setting is invalid.
        list of str
            Error messages for the user.
        """
        runs: list[RunConfig] = []
        sentences: list[str] = []
        if self.n_models < 2:
            label = SETTINGS[self.varied].label.lower()
            sentences.append(f"{label.capitalize()}: one value is not enough. Choose at least two.")
        for i in range(self.n_models):
            values, wrong = self._read(i)
            found = list(wrong.values())
            if not found:
                try:
                    run = RunConfig.model_validate(values)
                    runs.append(run)
                    found = self._beyond_budget(run)
                except ValidationError as error:
                    found = explain(error)
            sentences += [self._whose(i, sentence) for sentence in found]
        if sentences:
            return None, list(dict.fromkeys(sentences))
        return tuple(runs), []

    @staticmethod
    def _beyond_budget(run: RunConfig) -> list[str]:
        """Error if the run exceeds this host's budget; a stored run can still be shown."""
        try:
            check_budget(run, services().cluster.limits)
        except ValueError as error:
            return [] if services().repository.is_whole(run) else [str(error)]
        return []

    def _whose(self, model: int, sentence: str) -> str:
        """Friendly validation error; names the model if the setting belongs to one."""
        name = sentence.partition(": ")[0]
        labels = {setting.label: setting for setting in SETTINGS.values()}
        setting = labels.get(name) or setting_named(name)
        own = not self.varied and setting is not None and setting.scope == "model"
        whose = f"Model {escape_markdown(model_name(model))}: " if own else ""
        return whose + friendly_error(sentence)

    # --- address -------------------------------------------------------------------------

    def query(self) -> dict[str, str]:
        """Settings and view by link name."""
        return self._query_of(self.get("settings"))

    def query_of_results(self) -> dict[str, str]:
        """Shown runs and view by link name."""
        return self._query_of(self.get("shown") or self.get("settings"))

    def _query_of(self, runs: Runs) -> dict[str, str]:
        models = {MODELS: str(len(runs))} if len(runs) != len(self.default) else {}
        return {**write_bench(runs), **models, **super().query()}
