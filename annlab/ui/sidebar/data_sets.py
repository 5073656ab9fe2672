"""Entries of the list of data sets: built-in ones, those of this browser, and the way to more."""

from collections.abc import Callable, Sequence

from annlab.datasets import DATASETS
from annlab.datasets.own.own_data import OwnData
from annlab.datasets.own.own_spec import spec_of
from annlab.datasets.own.reading.sentences import listed
from annlab.datasets.registry import NAMES
from annlab.formatting import counted
from annlab.setting_type import Choice, Values
from annlab.ui.state.own_choice import YOUR_FILE, YOUR_FILE_LABEL, is_own, own_of, own_sets


def offered_data_sets(tasks: Sequence[str]) -> list[str]:
    """Widget values of the data sets that a page with these tasks offers."""
    built_in = [name for name, spec in DATASETS.items() if spec.task in tasks]
    return [*built_in, *own_sets(tasks), YOUR_FILE]


def labels_of_data_sets(kind: Choice, options: Sequence[str], values: Values) -> dict[str, str]:
    """Labels of entries; plain text, which a user may have chosen.

    Streamlit tells the entries of a list by their labels, so no two are equal: data sets of the
    same name are followed by what tells them apart.

    Parameters
    ----------
    kind : Choice
        Kind of the setting.
    options : sequence of str
        Widget values of the entries.
    values : mapping
        Values of all settings.
    """
    own_data = {
        value: own for value in options if (own := own_of(value, values["own"])) is not None
    }
    labels = {value: _label(kind, value) for value in options}
    labels |= {value: spec_of(own).label for value, own in own_data.items()}
    for detail in _DETAILS:
        texts: dict[str, set[str]] = {}
        for value, label in labels.items():
            own = own_data.get(value)
            texts.setdefault(label, set()).add(detail(own) if own else "")
        for value, own in own_data.items():
            if len(texts[labels[value]]) > 1:
                labels[value] = " · ".join(filter(None, (labels[value], detail(own))))
    return labels


def _label(kind: Choice, value: str) -> str:
    if value == YOUR_FILE:
        return YOUR_FILE_LABEL
    return str(NAMES["own"]) if is_own(value) else kind.format(value)


# What may tell data sets of one name apart; the last one does.
_DETAILS: tuple[Callable[[OwnData], str], ...] = (
    lambda own: listed(own.names_of_targets()),
    lambda own: counted(len(own.columns), "feature"),
    lambda own: counted(own.n_rows, "row"),
    lambda own: own.content[:6],
)
