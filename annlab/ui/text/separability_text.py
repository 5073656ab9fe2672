"""Sentences about the linear separability of classes in the space of a layer."""

from collections.abc import Mapping, Sequence

from annlab.analysis.separability import Separability
from annlab.ui.text.markdown import escape_markdown


def separability_text(
    found: Mapping[int, Separability], class_names: Sequence[str], place: str
) -> str:
    """Say whether classes are linearly separable, and what a linear model reaches if not.

    Parameters
    ----------
    found : mapping of int to Separability
        One entry for two classes, else one for each class against the rest.
    class_names : sequence of str
    place : str
        Space, such as "the input".

    Returns
    -------
    str
        In Markdown, without the model's name.
    """
    n = next(iter(found.values())).n_samples
    samples = f"{n:,} training samples"
    if len(found) == 1:
        (one,) = found.values()
        if one.separable:
            return f"In {place} the classes of {samples} are **linearly separable**."
        return (
            f"In {place} the classes of {samples} are **not linearly separable**: "
            f"{_model(one)} gets {_percent(one.accuracy)} right."
        )
    apart = [k for k, one in found.items() if one.separable]
    text = (
        f"In {place} **{len(apart)} of {len(found)} classes** of {samples} are linearly "
        "separable from all others"
    )
    others = [k for k in found if k not in apart]
    if not others or len(found) > 4:
        return f"{text}."
    said = ", ".join(
        f"{escape_markdown(class_names[k])} {_percent(found[k].accuracy)} (always the more "
        f"frequent answer: {_percent(found[k].larger_share)})"
        for k in others
    )
    return f"{text}. A logistic regression of one class against the rest gets right: {said}."


def labels_text(found: Mapping[int, Separability], label_names: Sequence[str], place: str) -> str:
    """Say which labels are linearly separable, and what a linear model reaches for the others.

    Parameters
    ----------
    found : mapping of int to Separability
        One entry for each label.
    label_names : sequence of str
    place : str
        Space, such as "the input".

    Returns
    -------
    str
        In Markdown, without the model's name.
    """
    n = next(iter(found.values())).n_samples
    apart = [k for k, one in found.items() if one.separable]
    text = (
        f"In {place} **{len(apart)} of {len(found)} labels** {'is' if len(apart) == 1 else 'are'} "
        f"linearly separable: a flat boundary has all of {n:,} training samples with the label on "
        "one side and all others on the other"
    )
    others = [k for k in found if k not in apart]
    if not others or len(found) > 4:
        return f"{text}."
    said = ", ".join(
        f"{escape_markdown(label_names[k])} {_percent(found[k].accuracy)} by {_model(found[k])} "
        f"(always the more frequent answer: {_percent(found[k].larger_share)})"
        for k in others
    )
    return f"{text}. Correct for the others: {said}."


def _model(one: Separability) -> str:
    return "the output layer" if one.model == "output layer" else "a logistic regression"


def _percent(share: float) -> str:
    """Share in percent; never 100 % for less than all."""
    return f"{min(100 * share, 99.9 if share < 1 else 100.0):.1f} %"
