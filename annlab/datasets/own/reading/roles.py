"""Roles of columns by default: what is ignored and why, the target, and what to ask about it."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.datasets.own.own_data import MAX_CLASSES
from annlab.datasets.own.reading.columns import MAX_FEW_VALUES, Column, few_whole_numbers
from annlab.datasets.own.reading.sentences import quoted
from annlab.datasets.own.recipe import ColumnType, Role

# Names of columns that usually are the target, the most certain ones first.
TARGET_NAMES = (
    *("target", "label", "class", "y", "outcome", "species", "quality", "diagnosis"),
    *("survived", "churn", "median_house_value", "medv"),
)
# Names of columns that count or name rows.
_ROW_NAME = re.compile(
    r"(?:id|index|key|nr|no|number|row|uuid|.*[ _.-](?:id|nr|key)|unnamed: 0)", re.IGNORECASE
)
# How close to a straight line a feature must follow the target to be called the same.
_SAME = 1e-9
_MIN_IDENTIFIED = 3


@dataclass(frozen=True)
class IgnoringRule:
    """Why a column is ignored by default.

    Attributes
    ----------
    name : str
    applies : callable
        ``(column)`` to bool.
    reason : str
        Second half of the sentence "“id” is ignored because …".
    """

    name: str
    applies: Callable[[Column], bool]
    reason: str


def _is_identifier(column: Column) -> bool:
    summary = column.summary
    if summary.n_distinct < max(column.n_filled, _MIN_IDENTIFIED):
        return False
    if column.numbers is None:
        return True
    steps = np.diff(column.numbers[~column.missing])
    return bool((steps == 1).all()) or (
        _ROW_NAME.fullmatch(summary.name) is not None and bool((steps == np.round(steps)).all())
    )


# The first rule that applies gives the reason. Numbers with decimals usually differ in all rows,
# so only counts of rows and numbers under a name like "id" are identifiers.
IGNORING_RULES = (
    IgnoringRule("empty", lambda c: c.summary.n_distinct == 0, "all of its cells are empty"),
    IgnoringRule(
        "constant",
        lambda c: c.summary.n_distinct == 1,
        "all of its filled cells are equal, so nothing can be learned from it",
    ),
    IgnoringRule(
        "date",
        lambda c: c.summary.type == "date",
        "it holds dates or times, which are no inputs of a network",
    ),
    IgnoringRule(
        "units",
        lambda c: c.has_units,
        "its numbers have a currency or a percent sign. Remove the sign in the file to use them",
    ),
    IgnoringRule(
        "identifier",
        _is_identifier,
        "it differs in every row, so it names the rows and does not describe them",
    ),
    IgnoringRule(
        "text",
        lambda c: c.summary.type == "text",
        "it holds free text, which is no input of a network",
    ),
)


def with_roles(columns: Sequence[Column], chosen: Mapping[str, Role]) -> list[Column]:
    """Give each column its role, with sentences about roles that were not chosen.

    The rules: a column is ignored if one of `IGNORING_RULES` applies. The target is the column
    with the most usual name of `TARGET_NAMES`, else the last one that can be one. A target of
    numbers is a number if it has more than 20 different values, or a different one for every two
    rows; else each value is a class, and the user is asked. Several targets must be chosen.

    Parameters
    ----------
    columns : sequence of Column
    chosen : mapping of str to str
        Roles that the user chose, by the names of columns.

    Returns
    -------
    list of Column
    """
    reasons = {
        c.summary.name: next((rule for rule in IGNORING_RULES if rule.applies(c)), None)
        for c in columns
        if c.summary.name not in chosen
    }
    targets = {name for name, role in chosen.items() if role == "target"}
    if not targets:
        free = {name for name, rule in reasons.items() if rule is None}
        targets = {*_default_target([c for c in columns if c.summary.name in free])}
    _keep_a_feature(columns, reasons, targets)
    found = []
    for column in columns:
        name = column.summary.name
        rule = reasons.get(name)
        role: Role = "ignored" if rule else chosen.get(name, "feature")
        notes: tuple[str, ...] = ()
        if name in targets:
            role = "target"
        elif rule:
            notes = (f"{quoted(name)} is ignored because {rule.reason}.",)
        elif role == "feature" and few_whole_numbers(column):
            notes = (
                f"{quoted(name)} has {column.summary.n_distinct} different whole numbers and is "
                "read as a number. If they are names of groups, choose the type category.",
            )
        found.append(_with(column, role=role, notes=(*column.summary.notes, *notes)))
    return found


def _keep_a_feature(
    columns: Sequence[Column], reasons: dict[str, IgnoringRule | None], targets: Collection[str]
) -> None:
    """Forget why numbers that count rows are ignored, if they are all there is to learn from."""
    if any(rule is None for name, rule in reasons.items() if name not in targets):
        return
    for column in columns:
        rule = reasons.get(column.summary.name)
        if rule and rule.name == "identifier" and column.numbers is not None:
            reasons[column.summary.name] = None


def _with(column: Column, **changes: Any) -> Column:
    return replace(column, summary=column.summary.model_copy(update=changes))


def _default_target(columns: Sequence[Column]) -> list[str]:
    """Name of the column that is probably the target; empty if none can be."""
    usable = [
        c
        for c in columns
        if c.numbers is not None
        or (c.summary.type == "category" and c.summary.n_distinct <= MAX_CLASSES)
    ]
    by_name = {c.summary.name.casefold(): c.summary.name for c in usable}
    named = next((by_name[name] for name in TARGET_NAMES if name in by_name), None)
    return [named] if named else [c.summary.name for c in usable[-1:]]


def type_of_target(column: Column, n_targets: int = 1) -> ColumnType:
    """Type that a target has by default; see `with_roles`.

    Of several targets, a column of two different numbers is a label.
    """
    n_distinct = column.summary.n_distinct
    if column.numbers is None:
        return column.summary.type
    if n_targets > 1:
        return "category" if n_distinct == 2 else "number"
    return "category" if n_distinct <= min(MAX_FEW_VALUES, column.n_filled / 2) else "number"


def same_as_target(column: Column, target: Column) -> bool:
    """Whether a column says exactly what the target says.

    A category does if each of its values belongs to one class and each class to one value; a
    number does if it follows a target of numbers along a straight line.
    """
    known = ~(column.missing | target.missing)
    if known.sum() < _MIN_IDENTIFIED:
        return False
    if column.numbers is not None and target.numbers is not None:
        return _on_a_line(column.numbers[known], target.numbers[known])
    if target.numbers is not None or column.summary.n_distinct != target.summary.n_distinct:
        return False
    pairs = np.stack([column.codes()[known], target.codes()[known]])
    n_pairs = np.unique(pairs, axis=1).shape[1]
    return bool(n_pairs == len(np.unique(pairs[0])) == len(np.unique(pairs[1])))


def _on_a_line(x: NDArray[np.float64], y: NDArray[np.float64]) -> bool:
    x, y = x - x.mean(), y - y.mean()
    # Divided by their sizes first, because squares of large numbers overflow.
    x, y = x / (np.abs(x).max() or 1.0), y / (np.abs(y).max() or 1.0)
    product, norms = float(x @ y) ** 2, float(x @ x) * float(y @ y)
    return norms > 0 and product >= (1 - _SAME) * norms
