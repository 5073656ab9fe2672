"""State of a bench: settings, shown runs, runs in training, and the address."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from pydantic import ValidationError

from annlab.config import DatasetConfig, RunConfig
from annlab.config.link_settings import listed
from annlab.config.links import PREFIXES, is_tracker, read_bench, write_bench
from annlab.config.parsing import EXAMPLES, TypedError, as_typed, read_typed
from annlab.config.settings import BY_URL, FIELDS, Field
from annlab.datasets import DATASETS
from annlab.figures import MODEL_NAMES
from annlab.runs.budget import check_budget
from annlab.ui.services import services
from annlab.ui.shell import PAGE_OF_TASK, PAGES, came_by_history, stayed_on_page
from annlab.ui.text.wording import in_words
from annlab.validation import explain

Runs = tuple[RunConfig, ...]

# What of the view stands in the address beside the settings.
# ("time" is an earlier name of "over": such links still open.)
VIEW = ("epoch", "weights", "network", "x", "y", "log", "over", "time", "each", "testcurve")
# How many models there are, where that can be chosen.
MODELS = "models"
MOST_MODELS = len(PREFIXES)
HOW_MANY = [str(n) for n in range(2, MOST_MODELS + 1)]


# In the session: a run and the model as which the next bench takes it over.
_WISH = "bench-wish"


def wish_for_bench(run: RunConfig, model: int) -> None:
    """Load a run into the next bench of its task, as model A (0), B (1) …"""
    st.session_state[_WISH] = (run, model)


class PageState:
    """State of one page in this session: what it keeps, and its address.

    Parameters
    ----------
    page : str
        Name of the page.
    """

    def __init__(self, page: str) -> None:
        self.page = page

    def key(self, name: str) -> str:
        """The session's key for something of this page."""
        return f"{self.page}-{name}"

    def get(self, name: str, default: Any = None) -> Any:
        """Something of this page in the session."""
        return st.session_state.get(self.key(name), default)

    def set(self, name: str, value: Any) -> None:
        """Keep something of this page in the session."""
        st.session_state[self.key(name)] = value

    def key_of(self, name: str) -> str:
        """The session's key for a control that the page itself may set."""
        edition = self.get("editions", {}).get(name, 0)
        return self.key(f"{name}-{edition}" if edition else name)

    def hold(self, name: str, value: Any) -> None:
        """Make a widget show `value` by giving it a new key; draw it with `value` as default.

        Streamlit ignores a changed default, and a browser reports the old value until it has drawn
        the new one, which must not count as a choice. Setting the value through the session would
        reach the browser once only, in a message that is lost if the next rerun starts too soon.
        """
        if st.session_state.get(self.key_of(name), value) != value:
            self._replace(name)

    def _replace(self, *names: str) -> None:
        for name in names:
            st.session_state.pop(self.key_of(name), None)
            editions = self.get("editions", {})
            self.set("editions", {**editions, name: editions.get(name, 0) + 1})

    def begin(self) -> None:
        """Note that the whole page is being drawn."""
        self.set("drawn-of", None)

    def drawn_of(self, what: object) -> None:
        """Note that the whole page has been drawn, and of what."""
        self.set("drawn-of", what)

    def is_outdated(self, what: object) -> bool:
        """Whether a part that draws itself finds something else than the page was drawn of."""
        return self.get("drawn-of") not in (None, what)

    def view_key(self, name: str) -> str:
        """The session's key for a control of the view."""
        self.set("view-controls", {*self.get("view-controls", ()), name})
        return self.key_of(name)

    def take_view(self, query: Mapping[str, str], names: Sequence[str] = VIEW) -> None:
        """Look at what an address says, whatever the controls of the view say."""
        self.set("view", {name: query[name] for name in names if name in query})
        self._replace(*self.get("view-controls", ()))

    def view(self, name: str) -> str | None:
        """What the address said about the view."""
        return (self.get("view") or {}).get(name)

    def set_view(self, **values: Any) -> None:
        """Note the view for the address; None takes a name out of it."""
        view = {**(self.get("view") or {}), **{k: str(v) for k, v in values.items()}}
        self.set("view", {k: v for k, v in view.items() if values.get(k, v) is not None})

    def show(self, runs: Runs) -> None:
        """Let the page show runs."""
        self.set("shown", runs)

    def query(self) -> dict[str, str]:
        """All that the address says, by name."""
        return dict(self.get("view") or {})

    def query_of_results(self) -> dict[str, str]:
        """What an address says that shows the same results, by name."""
        return self.query()

    def link(self) -> str:
        """The address that shows the same results, whatever the controls say meanwhile."""
        return (st.context.url or "").split("?")[0] + "?" + urlencode(self.query_of_results())

    def write_address(self) -> None:
        """Bring the browser's address up to date, and so add to its history."""
        query = self.query()
        # Who has gone back goes on from there: nothing is added that would be in the way.
        if st.query_params.to_dict() != query and not came_by_history():
            st.query_params.from_dict(query)


def address() -> tuple[dict[str, str], list[str]]:
    """What the browser's address says.

    Returns
    -------
    query : dict of str
        By name; the last value of a name that is repeated.
    problems : list of str
        A sentence for each name with more than one value.
    """
    query = st.query_params.to_dict()
    repeated = [name for name in query if len(set(st.query_params.get_all(name))) > 1]
    names = [name for name in repeated if not is_tracker(name)]
    return query, [f"{listed(names)} repeated; the last value is used."] if names else []


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
        if not self.get("settings") or came_by_history():
            query, problems = address()
            runs, wrong = self._read_address(query)
            self.set("problems", problems + wrong)
            self.set("asked", any(name.rpartition(".")[2] in BY_URL for name in query))
            self.take_view(query)
            self.load(runs)
        if (wish := st.session_state.get(_WISH)) and wish[0].task.name in self.tasks:
            del st.session_state[_WISH]
            self.use(*wish)

    def _read_address(self, query: dict[str, str]) -> tuple[Runs, list[str]]:
        """The runs that an address asks for, and what of it could not be used."""
        problems = []
        spec = DATASETS.get(query.get("data", ""))
        if spec and spec.task not in self.tasks:
            page = PAGES[PAGE_OF_TASK[spec.task]].title
            problems.append(f"{spec.label} belongs on the page {page}; “data” is left out.")
            query = {name: text for name, text in query.items() if name != "data"}
        if query.get(MODELS, "2") not in HOW_MANY:
            problems.append(f"{MODELS}: must be 2 to {MOST_MODELS}; “{MODELS}” is left out.")
        default = self._default_for(query)
        runs, wrong = read_bench(query, default, (*VIEW, MODELS))
        problems += wrong
        if self.varied:
            # A control in which each value can be chosen once.
            field = BY_URL[self.varied]
            unique = {field.of(run): run for run in runs}
            if len(unique) < 2:
                named = [name for name in query if name.rpartition(".")[2] == field.url]
                if named:
                    problems.append(
                        f"{field.name}: two values are needed; {listed(named)} left out."
                    )
                rest = {name: text for name, text in query.items() if name not in named}
                own = zip(PREFIXES, map(field.to_text, default), strict=False)
                if any(name.rpartition(".")[2] in BY_URL for name in rest):
                    rest |= {f"{prefix}.{field.url}": text for prefix, text in own}
                runs, _ = read_bench(rest, default, (*VIEW, MODELS))
                unique = {field.of(run): run for run in runs}
            runs = tuple(unique.values()) if len(unique) > 1 else self.default
        return runs, problems

    def changed(self, name: str) -> Any:
        """What a student has set a control to since it was drawn; None if it is as it was."""
        memory, said = self.get("memory"), st.session_state.get(self.key_of(name))
        is_new = name in memory and name in self._still_drawn() and said != memory[name]
        return said if is_new else None

    def remember(self) -> None:
        """Note what the controls say, before they are drawn.

        Streamlit forgets what a control says when it is not drawn: on another page, folded away,
        or because it makes no sense beside others. It then begins with what it said last.
        """
        self._drawing = set()  # the same state serves every turn of a part of the page
        memory, drawn = self.get("memory"), self._still_drawn()
        for name in drawn & memory.keys():
            memory[name] = st.session_state.get(self.key_of(name), memory[name])

    def _still_drawn(self) -> set[str]:
        return self.get("drawn", set()) if stayed_on_page() else set()

    def _default_for(self, query: dict[str, str]) -> Runs:
        """The page's default, of as many models as an address says."""
        wish = query.get(MODELS, "")
        if wish not in HOW_MANY:
            return self.default
        return tuple(self.default[min(i, len(self.default) - 1)] for i in range(int(wish)))

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
            self.hold(name, value)

    def _controls_of(self, runs: Runs) -> dict[str, Any]:
        """What every control says where it makes these runs."""
        said = {
            self.name_of(field, i): _for_control(field, run)
            for field in FIELDS
            for i, run in enumerate(runs)
        }
        if self.varied:
            said[self.varied] = [BY_URL[self.varied].of(run) for run in runs]
        return said

    def use(self, run: RunConfig, model: int) -> None:
        """Take a run over as one model, with its data and training.

        The other models keep what is their own, where that goes together with the data.
        """
        own = (self.varied,) if self.varied else OF_A_MODEL

        def beside(other: RunConfig) -> RunConfig:
            values: dict[str, dict[str, Any]] = {"dataset": {}, "model": {}, "training": {}}
            for field in FIELDS:
                whose = other if field.url in own else run
                values[field.section][field.name] = field.of(whose)
            try:
                return RunConfig.model_validate(values)
            except ValidationError:
                return run

        settings = self.get("settings") or self.default
        runs = [run if i == model else beside(other) for i, other in enumerate(settings)]
        if self.varied:
            # Each value can be chosen once: where there was one already, another one stays.
            unique = {BY_URL[self.varied].of(run): run for run in (*runs, beside(settings[model]))}
            runs = list(unique.values())[: len(runs)]
        self.load(tuple(runs))
        # As on a first opening: what is stored of it is shown at once, the rest is trained.
        self.set("shown", None)
        self.set("pending", None)
        self._look_at_end()

    def name_of(self, field: Field, model: int = 0) -> str:
        """The name of a control; data and training have one, models one each."""
        own = field.url in OF_A_MODEL and not self.varied
        return f"{PREFIXES[model]}-{field.url}" if own else field.url

    def value_of(self, url: str, model: int = 0) -> Any:
        """What the control of a setting says while the controls are drawn."""
        name = self.name_of(BY_URL[url], model)
        return st.session_state.get(self.key_of(name), self.get("memory")[name])

    def show(self, runs: Runs) -> None:
        """Let the page show runs: those after others at their end, which is what is new."""
        if self.get("shown"):
            self._look_at_end()
        super().show(runs)

    def _look_at_end(self) -> None:
        self._replace("epoch")
        self.set_view(epoch=None)

    def drawn_key(self, field: Field, model: int = 0) -> str:
        """The key of a control that is being drawn."""
        return self._drawn_key(self.name_of(field, model))

    def held_key(self, name: str, value: Any) -> str:
        """Key of a widget whose value is derived from other widgets."""
        self.get("memory")[name] = value
        self.hold(name, value)
        return self._drawn_key(name)

    def _drawn_key(self, name: str) -> str:
        self._drawing.add(name)
        return self.key_of(name)

    def all_drawn(self) -> None:
        """Note that the controls are complete; a run that is cut off before notes nothing."""
        self.set("drawn", self._drawing)

    def values(self, model: int) -> dict[str, dict[str, Any]]:
        """What the controls say about one model, not yet checked together.

        A text that is not understood counts as the last one that was.
        """
        return self._read(model)[0]

    def _read(self, model: int) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        """What the controls say about one model; why texts are not understood, by control."""
        values: dict[str, dict[str, Any]] = {"dataset": {}, "model": {}, "training": {}}
        wrong = {}
        for field in FIELDS:
            name = self.name_of(field, model)
            if field.url == self.varied:
                chosen = self._said(name) or ()
                # None chosen: the other settings can be shown all the same.
                value = chosen[model] if model < len(chosen) else field.of(self.default[0])
            else:
                try:
                    value = _from_control(field, self._said(name))
                except TypedError as error:
                    wrong[name] = f"{field.name}: {error}"
                    settings = self.get("settings") or self.default
                    value = field.of(settings[min(model, len(settings) - 1)])
            values[field.section][field.name] = value
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
            return st.session_state.get(self.key_of(name), last)
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
            label = BY_URL[self.varied].label.lower()
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
        name, _, _ = sentence.partition(": ")
        own = not self.varied and any(BY_URL[url].name == name for url in OF_A_MODEL)
        return (f"Model {MODEL_NAMES[model]}: " if own else "") + in_words(sentence)

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


# Settings that each model has for itself; all others are shared.
OF_A_MODEL = (
    "hidden",
    "activation",
    "output",
    "init",
    "dropout",
    "optimizer",
    "lr",
    "momentum",
    "rho",
    "accumulator",
    "l2",
    "loss",
)
# Settings that may be left to the task, and what their controls then hold: to Streamlit, None
# means that nothing is chosen.
LEFT_OPEN = ("loss", "output")
THE_TASKS_OWN = ""


def _for_control(field: Field, run: RunConfig) -> Any:
    value = field.of(run)
    if value is None and field.url in LEFT_OPEN:
        return THE_TASKS_OWN
    if value is not None and field.url in EXAMPLES:
        return as_typed(field, value)
    return value


def _from_control(field: Field, value: Any) -> Any:
    if value is not None and field.url in EXAMPLES:
        return read_typed(field, value)
    if field.url in LEFT_OPEN and value == THE_TASKS_OWN:
        return None
    return value


def _on_data(run: RunConfig, data: DatasetConfig) -> RunConfig:
    """A run on other data; what belongs to another task gets its default."""
    changed: dict[str, Any] = {"dataset": data}
    if data.spec.task != run.task.name:
        changed["model"] = run.model.model_copy(update={"output_activation": None})
        changed["training"] = run.training.model_copy(update={"loss": None})
    return run.model_copy(update=changed)
