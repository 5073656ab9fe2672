"""Head of a model on the stage: title, what is scored, score; as HTML that the film rewrites."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from annlab.figures import MODEL_COLORS
from annlab.ui.text.model_names import model_name


@dataclass(frozen=True)
class Number:
    """A number of a head.

    Attributes
    ----------
    text : str
        The number.
    before, after : str
        Words around it.
    tone : {"", "better", "worse"}
        Color of the number.
    """

    text: str
    before: str = ""
    after: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Head:
    """Content of a head.

    Attributes
    ----------
    title : str
        Title of the model.
    label : str
        Line below: what the numbers are.
    numbers : mapping of Number
        By name; the first is large. The film rewrites their texts, by name and place.
    beside_label : mapping of Number
        Numbers after the label.
    below : mapping of Number
        Numbers on a line of their own.
    place : int or None
        Index of letter and color; None: no letter.
    progress : float or None
        Share of the training that is done, drawn as a bar.
    about : str
        Longer text for a pointer that rests on the label.
    """

    title: str
    label: str = ""
    numbers: Mapping[str, Number] = field(default_factory=dict)
    beside_label: Mapping[str, Number] = field(default_factory=dict)
    below: Mapping[str, Number] = field(default_factory=dict)
    place: int | None = None
    progress: float | None = None
    about: str = ""


def head_html(head: Head) -> str:
    """HTML of a head: three lines, whatever their texts."""
    letter = ""
    if head.place is not None:
        color = MODEL_COLORS[head.place]
        letter = (
            f"<span class='annlab-letter' style='--model: {color}'>"
            f"{escape(model_name(head.place))}</span>"
        )
    title = escape(head.title, quote=True)
    lines = [f"<h2 class='annlab-title' title='{title}'>{letter}{title}</h2>"]
    label = escape(head.label, quote=True)
    about = escape(head.about, quote=True) or label
    beside = "".join(
        _number(name, number, head.place) for name, number in head.beside_label.items()
    )
    lines.append(f"<div class='annlab-label' title='{about}'><span>{label}</span>{beside}</div>")
    if head.progress is not None:
        lines.append(f"<div class='annlab-numbers'>{_progress(head)}</div>")
    elif head.numbers:
        numbers = [_number(name, number, head.place) for name, number in head.numbers.items()]
        lines.append(f"<div class='annlab-numbers'>{''.join(numbers)}</div>")
    if head.below:
        numbers = [_number(name, number, head.place) for name, number in head.below.items()]
        lines.append(f"<div class='annlab-below'>{''.join(numbers)}</div>")
    return f"<div class='annlab-head'>{''.join(lines)}</div>"


def _number(name: str, number: Number, place: int | None) -> str:
    tone = f" data-tone='{number.tone}'" if number.tone else ""
    return (
        f"<span>{escape(number.before)}<b data-film='{name}-{place}'{tone}>"
        f"{escape(number.text)}</b><span class='annlab-after'>{escape(number.after)}</span></span>"
    )


def _progress(head: Head) -> str:
    share = f"{100 * min(1.0, max(0.0, head.progress or 0.0)):.1f}"
    return (
        f"<span class='annlab-progress' role='progressbar' aria-valuenow='{share}' "
        f"aria-valuemin='0' aria-valuemax='100' aria-label='{escape(head.title, quote=True)}'>"
        f"<i style='width: {share}%'></i></span>"
    )
