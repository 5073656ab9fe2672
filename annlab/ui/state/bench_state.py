"""State of a bench: settings, shown runs, runs in training, and the address."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import streamlit as st
from pydantic import ValidationError

from annlab.config import DatasetConfig, RunConfig
from annlab.config.link_settings import PREFIXES
from annlab.config.links import write_bench
from annlab.config.parsing import TypedError
from annlab.config.settings import SECTIONS, SETTINGS, setting_named
from annlab.datasets import DATASETS
from annlab.figures import MODEL_NAMES
from annlab.runs.budget import check_budget
from annlab.setting import Setting
from annlab.ui.browser import is_history_navigation, stayed_on_page
from annlab.ui.services import services
from annlab.ui.state.bench_link import MODELS, read_bench_link
from annlab.ui.state.page_state import PageState, Runs, browser_query
from annlab.ui.state.setting_values import from_control, to_control
from annlab.ui.text.settings_text import friendly_error
from annlab.validation import explain

# In the session: a run and the model as which the next bench takes it over.
_WISH = "bench-wish"


def send_to_bench(run: RunConfig, model: int) -> None:
    """Load a run into the next bench of its task, as model A (0), B (1) …"""
    st.session_state[_WISH] = (run, model)


def settings_of(page: str, default: Sequence[RunConfig]) -> Runs:
    """What the controls of a page's bench say, before they are drawn."""
    return PageState(page).get("settings") or tuple(default)


class BenchState(PageState):
    """State of one page's bench in this session.

    Parameters
    ----------
    page : str
        Name of the page.
    default : sequence of RunConfig
        What the page shows when nothing else is asked for.
    tasks : sequence of str
        The tasks whose data sets the page can show.
    varied : str
        Name in the address of the one setting in which the models differ; there are then as
        many models as values. Empty: each of the models in `default` has its own settings.
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
        """How many models the controls describe."""
        if self.varied:
            return len(self._said(self.varied) or ())
        return len(self.get("settings") or self.default)

    # --- settings ------------------------------------------------------------------------

    def prepare(self) -> None:
        """Have settings: from the address, or a run that was sent here.

        From the address at first, and when the browser's Back or Forward has brought another one.
        """
        if not self.get("settings") or is_history_navigation():
            query, problems = browser_query()
            runs, wrong = read_bench_link(query, self.default, self.tasks, self.varied)
            self.set("problems", problems + wrong)
            self.set("asked", any(name.rpartition(".")[2] in SETTINGS for name in query))
            self.read_view(query)
            self.load(runs)
        if (wish := st.session_state.get(_WISH)) and wish[0].task.name in self.tasks:
            del st.session_state[_WISH]
            self.use(*wish)

    def changed(self, name: str) -> Any:
        """What a student has set a control to since it was drawn; None if it is as it was."""
        memory, said = self.get("memory"), st.session_state.get(self.current_key(name))
        is_new = name in memory and name in self._still_drawn() and said != memory[name]
        return said if is_new else None

    def read_widgets(self) -> None:
        """Note what the controls say, before they are drawn.

        Streamlit forgets what a control says when it is not drawn: on another page, folded away,
        or because it makes no sense beside others. It then begins with what it said last.
        """
        self._drawing = set()  # the same state serves every turn of a part of the page
        memory, drawn = self.get("memory"), self._still_drawn()
        for name in drawn & memory.keys():
            memory[name] = st.session_state.get(self.current_key(name), memory[name])

    def _still_drawn(self) -> set[str]:
        return self.get("drawn", set()) if stayed_on_page() else set()

    def load(self, runs: Runs, keep_typed: bool = False) -> None:
        """Set every control to what makes these runs.

        Parameters
        ----------
        runs : tuple of RunConfig
        keep_typed : bool
            Whether a text that is not understood stays in a control for which these runs bring
            no new value.
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
        """What every control says where it makes these runs."""
        said = {
            self.name_of(setting, i): to_control(setting, run)
            for setting in SETTINGS.values()
            for i, run in enumerate(runs)
        }
        if self.varied:
            said[self.varied] = [SETTINGS[self.varied].get(run) for run in runs]
        return said

    def use(self, run: RunConfig, model: int) -> None:
        """Take a run over as one model, with its data and training.

        The other models keep what is their own, where that goes together with the data.
        """

        def beside(other: RunConfig) -> RunConfig:
            values: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
            for address, setting in SETTINGS.items():
                own = address == self.varied if self.varied else setting.scope == "model"
                values[setting.section][setting.name] = setting.get(other if own else run)
            try:
                return RunConfig.model_validate(values)
            except ValidationError:
                return run

        settings = self.get("settings") or self.default
        runs = [run if i == model else beside(other) for i, other in enumerate(settings)]
        if self.varied:
            # Each value can be chosen once: where there was one already, another one stays.
            unique = {
                SETTINGS[self.varied].get(run): run for run in (*runs, beside(settings[model]))
            }
            runs = list(unique.values())[: len(runs)]
        self.load(tuple(runs))
        # As on a first opening: what is stored of it is shown at once, the rest is trained.
        self.set("shown", None)
        self.set("pending", None)
        self._look_at_end()

    def name_of(self, setting: Setting, model: int = 0) -> str:
        """The name of a control; data and training have one, models one each."""
        own = setting.scope == "model" and not self.varied
        return f"{PREFIXES[model]}-{setting.address}" if own else setting.address

    def value_of(self, setting: Setting, model: int = 0) -> Any:
        """What the control of a setting says while the controls are drawn."""
        name = self.name_of(setting, model)
        return st.session_state.get(self.current_key(name), self.get("memory")[name])

    def show(self, runs: Runs) -> None:
        """Let the page show runs: those after others at their end, which is what is new."""
        if self.get("shown"):
            self._look_at_end()
        super().show(runs)

    def _look_at_end(self) -> None:
        self._replace("epoch")
        self.set_view(epoch=None)

    def widget_key(self, setting: Setting, model: int = 0) -> str:
        """The key of a control that is being drawn."""
        return self._widget_key(self.name_of(setting, model))

    def key_showing(self, name: str, value: Any) -> str:
        """Key of a widget whose value is derived from other widgets."""
        self.get("memory")[name] = value
        self.force_value(name, value)
        return self._widget_key(name)

    def _widget_key(self, name: str) -> str:
        self._drawing.add(name)
        return self.current_key(name)

    def finish_drawing(self) -> None:
        """Note that the controls are complete; a run that is cut off before notes nothing."""
        self.set("drawn", self._drawing)

    def values(self, model: int) -> dict[str, dict[str, Any]]:
        """What the controls say about one model, not yet checked together.

        A text that is not understood counts as the last one that was.
        """
        return self._read(model)[0]

    def values_by_address(self, model: int) -> dict[str, Any]:
        """The same by the settings' names in links, with the name of the "task"."""
        values = self.values(model)
        found = {
            address: values[setting.section][setting.name] for address, setting in SETTINGS.items()
        }
        return found | {"task": DATASETS[found["data"]].task}

    def _read(self, model: int) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        """What the controls say about one model; why texts are not understood, by control."""
        values: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
        wrong = {}
        for setting in SETTINGS.values():
            name = self.name_of(setting, model)
            if setting.address == self.varied:
                chosen = self._said(name) or ()
                # None chosen: the other settings can be shown all the same.
                value = chosen[model] if model < len(chosen) else setting.get(self.default[0])
            else:
                try:
                    value = from_control(setting, self._said(name))
                except TypedError as error:
                    wrong[name] = f"{setting.name}: {error}"
                    settings = self.get("settings") or self.default
                    value = setting.get(settings[min(model, len(settings) - 1)])
            values[setting.section][setting.name] = value
        if values["dataset"]["resample"] == "folds":  # each fold is tested in its turn
            values["dataset"]["test_fraction"] = 0.0
        return values, wrong

    def _not_understood(self) -> dict[str, Any]:
        """What stands in the controls whose text is not understood."""
        return {name: self._said(name) for i in range(self.n_models) for name in self._read(i)[1]}

    def runs_on(self, data: DatasetConfig) -> Runs:
        """What the controls say about the models, on other data than theirs."""
        last: Runs = self.get("settings")
        if self.n_models != len(last):
            return tuple(_on_data(run, data) for run in last)
        runs = []
        for i, run in enumerate(last):
            values = {**self.values(i), "dataset": run.dataset.model_dump()}
            with suppress(ValidationError):  # or the model's last valid settings
                run = RunConfig.model_validate(values)
            runs.append(_on_data(run, data))
        return tuple(runs)

    def _said(self, name: str) -> Any:
        # What was not drawn last has no say: Streamlit may know an older value of it.
        last = self.get("memory", {}).get(name)
        if name in self.get("drawn", ()):
            return st.session_state.get(self.current_key(name), last)
        return last

    def wanted(self) -> tuple[Runs | None, list[str]]:
        """What the controls say as a whole.

        Returns
        -------
        tuple of RunConfig or None
            None if it makes no sense.
        list of str
            Why it makes no sense, for people.
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
        """Why this host would not train a run; what is stored can be shown all the same."""
        try:
            check_budget(run)
        except ValueError as error:
            return [] if services().repository.is_whole(run) else [str(error)]
        return []

    def _whose(self, model: int, sentence: str) -> str:
        """A validation error in words, with the model if it is about its own setting."""
        setting = setting_named(sentence.partition(": ")[0])
        own = not self.varied and setting is not None and setting.scope == "model"
        return (f"Model {MODEL_NAMES[model]}: " if own else "") + friendly_error(sentence)

    # --- address -------------------------------------------------------------------------

    def query(self) -> dict[str, str]:
        """Settings and view, by their names in the address."""
        return self._query_of(self.get("settings"))

    def query_of_results(self) -> dict[str, str]:
        """The runs that are shown, and the view."""
        return self._query_of(self.get("shown") or self.get("settings"))

    def _query_of(self, runs: Runs) -> dict[str, str]:
        models = {MODELS: str(len(runs))} if len(runs) != len(self.default) else {}
        return {**write_bench(runs), **models, **super().query()}


def _on_data(run: RunConfig, data: DatasetConfig) -> RunConfig:
    """A run on other data; what belongs to another task gets its default."""
    changed: dict[str, Any] = {"dataset": data}
    if data.spec.task != run.task.name:
        changed["model"] = run.model.model_copy(update={"output_activation": None})
        changed["training"] = run.training.model_copy(update={"loss": None})
    return run.model_copy(update=changed)
