"""OwnData: facts about data of one's own, which a config holds in place of a registry's entry."""

import json
import zlib
from base64 import b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from annlab.datasets.own.drawing.drawn_facts import drawn_facts
from annlab.datasets.own.drawing.drawn_text import (
    MAX_POINTS_IN_LINK,
    MAX_TEXT,
    is_drawn_text,
    read_drawn,
)
from annlab.datasets.own.recipe import MAX_COLUMNS, MAX_NAME, Name, TableRecipe
from annlab.datasets.own.task_of_target import task_of_target
from annlab.nn.tasks import TASKS, TaskName
from annlab.validation import Config

# Name of the data set in a DatasetConfig.
OWN = "own"
MAX_INPUTS = 200
MAX_CELLS = 1_000_000
MAX_CLASSES = 50
MAX_TARGETS = 20
MAX_GROUPS = 10_000
# Length of the text in a link; longer facts need the file of the settings.
MAX_PACKED = 2_000
# Values of a column that are told from the rest, and what stands for the rest.
OTHER = "other"
_MAX_UNPACKED = 200_000
_TOO_LONG = "too-long"
# Facts that are in a digest only if there are any, so that one target keeps its digest.
_OF_SEVERAL_TARGETS = ("target_names", "label_values")

Origin = Literal["file", "drawn", "arrays"]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class OwnColumn(Config):
    """A feature before preparation.

    Attributes
    ----------
    name : str
    values : tuple of str
        Values of a category that get an input each; empty for a number.
    has_other : bool
        Whether rarer values share one more input.
    has_missing : bool
        Whether a cell is missing, which gets an input of its own.
    """

    name: Name
    values: tuple[Name, ...] = ()
    has_other: bool = False
    has_missing: bool = False

    @property
    def is_number(self) -> bool:
        """Whether the column holds numbers."""
        return not self.values

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs that preparation makes of the column."""
        found = [self.name] if self.is_number else [f"{self.name} = {v}" for v in self.values]
        if self.has_other:
            found.append(f"{self.name} = {OTHER}")
        if self.has_missing:
            found.append(f"{self.name} missing")
        return tuple(found)


class OwnData(Config):
    """Facts about data of one's own; the samples themselves stay outside the config.

    Attributes
    ----------
    source : {"file", "drawn", "arrays"}
        Where the data come from.
    title : str
        Name of the file, or another name for people. Not part of any digest.
    content : str
        SHA-256 of the content and of how it is read, as hexadecimal digits.
    file : str
        SHA-256 of the bytes of the file; empty for other sources.
    recipe : TableRecipe or None
        How the file is read; None for other sources.
    points : str
        Drawn points as a text: the config then holds the samples too. Empty for other sources,
        and in a link to many points.
    task : str
        Name of the task.
    n_rows : int
        Number of samples.
    columns : tuple of OwnColumn
        Features before preparation.
    target_name : str
        Empty for several targets.
    target_names : tuple of str
        Names of several targets or labels, in the order of `Table.y`; empty for one target.
    label_values : tuple of (str, str)
        Of the labels of a file: the values of each label's column that stand for no and for yes.
    class_names : tuple of str
        Sorted; empty without classes.
    class_counts : tuple of int
        Number of samples of each class.
    group_sizes : tuple of int
        Number of samples of each group, in the order of their first rows; empty without groups.
    """

    source: Origin
    title: Annotated[str, Field(max_length=MAX_NAME)] = ""
    content: Digest
    file: Digest | Literal[""] = ""
    recipe: TableRecipe | None = None
    points: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    task: TaskName
    n_rows: Annotated[int, Field(ge=1, le=MAX_CELLS)]
    columns: Annotated[tuple[OwnColumn, ...], Field(min_length=1, max_length=MAX_COLUMNS)]
    target_name: Name = ""
    target_names: Annotated[tuple[Name, ...], Field(max_length=MAX_TARGETS)] = ()
    label_values: Annotated[tuple[tuple[Name, Name], ...], Field(max_length=MAX_TARGETS)] = ()
    class_names: Annotated[tuple[Name, ...], Field(max_length=MAX_CLASSES)] = ()
    class_counts: tuple[Annotated[int, Field(ge=1)], ...] = ()
    group_sizes: Annotated[
        tuple[Annotated[int, Field(ge=1)], ...], Field(max_length=MAX_GROUPS)
    ] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        n_inputs = len(self.input_names)
        if n_inputs > MAX_INPUTS:
            raise ValueError(f"{n_inputs} inputs; at most {MAX_INPUTS} are possible")
        if self.n_rows * len(self.columns) > MAX_CELLS:
            raise ValueError(f"more than {MAX_CELLS:,} cells")
        if len({column.name for column in self.columns}) < len(self.columns):
            raise ValueError("two columns have the same name")
        if len(set(self.input_names)) < n_inputs:
            raise ValueError("two inputs would have the same name: rename a column in the file")
        n_classes = len(self.class_names)
        if len(self.class_counts) != n_classes or len(set(self.class_names)) != n_classes:
            raise ValueError("the classes contradict each other")
        if n_classes and sum(self.class_counts) != self.n_rows:
            raise ValueError("the classes contradict the number of rows")
        self._check_targets()
        if self.group_sizes and sum(self.group_sizes) != self.n_rows:
            raise ValueError("the groups contradict the number of rows")
        if self.points:
            self._check_points()
        return self

    def _check_targets(self) -> None:
        n_classes, n_targets = len(self.class_names), len(self.target_names)
        if self.task not in TASKS:
            raise ValueError(f"{self.task!r} is not a task")
        task = TASKS[self.task]
        if n_targets == 1:
            raise ValueError("one target alone has no list of names")
        if self.task != task_of_target(task.kind, n_classes, several=n_targets > 0):
            what = f"{n_targets} targets" if n_targets else f"{n_classes} classes"
            raise ValueError(f"{what} do not fit {task.label.lower()}")
        if len(set(self.target_names)) < n_targets:
            raise ValueError("two targets have the same name")
        if self.target_name and n_targets:
            raise ValueError("the names of the targets contradict each other")
        if self.label_values and (task.kind != "labels" or len(self.label_values) != n_targets):
            raise ValueError("the values of the labels contradict the labels")
        if any(no == yes for no, yes in self.label_values):
            raise ValueError("a label has the same value for no and for yes")
        if task.kind == "labels" and self.source == "file" and not self.label_values:
            raise ValueError("the values of the labels are missing")

    def _check_points(self) -> None:
        """Check that the facts are those of the points, which may come from anybody."""
        facts = dict(_facts_in(self.points))
        columns = tuple(OwnColumn(**column) for column in facts.pop("columns"))
        del facts["title"]
        others = self.model_fields_set - {"title", "columns", *facts}
        if (
            self.columns != columns
            or any(getattr(self, name) != value for name, value in facts.items())
            or any(getattr(self, name) for name in others)
        ):
            raise ValueError("the facts contradict the drawn points")

    def names_of_targets(self) -> tuple[str, ...]:
        """Names of the targets, in the order of `Table.y`; that of classes too."""
        return self.target_names or (self.target_name,)

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the inputs after preparation."""
        return tuple(name for column in self.columns for name in column.inputs)

    @property
    def is_prepared(self) -> bool:
        """Whether preparation makes other inputs of the columns than their numbers."""
        return any(column.values or column.has_missing for column in self.columns)

    def check_classes(self, test_fraction: float, validation_fraction: float) -> None:
        """Check that every split can have samples of each class.

        Raises
        ------
        ValueError
            If a class has too few; a sentence that names it.
        """
        n_splits = 1 + (test_fraction > 0) + (validation_fraction > 0)
        if n_splits == 1 or self.group_sizes:  # groups decide about the classes of a split
            return
        for name, count in zip(self.class_names, self.class_counts, strict=True):
            if count < n_splits:
                raise ValueError(
                    f"test_fraction: class “{name}” has {count} "
                    f"{'sample' if count == 1 else 'samples'}, and each of the {n_splits} splits "
                    "needs one. Leave its rows out, give them another class, or train without "
                    "a test and validation split"
                )

    def facts_for_digest(self) -> dict[str, Any]:
        """What a digest covers: everything but the title, and points, which the content names."""
        empty = {name for name in _OF_SEVERAL_TARGETS if not getattr(self, name)}
        facts = self.model_dump(mode="json", exclude={"title", "points", "recipe", *empty})
        return {**facts, "recipe": self.recipe.facts_for_digest() if self.recipe else None}


# A page validates the same points several times.
@lru_cache(maxsize=16)
def _facts_in(points: str) -> dict[str, Any]:
    return drawn_facts(read_drawn(points))


def write_own(own: OwnData) -> str:
    """Pack the facts into a text for a link, or into a mark that `read_own` refuses.

    The text of drawn points holds all facts about them, unless they have a title of their own.
    More points than fit into a link are left out.
    """
    fits = own.n_rows <= MAX_POINTS_IN_LINK
    if own.points and fits and own.title == _facts_in(own.points)["title"]:
        return own.points
    left_out = None if fits else {"points"}
    values = own.model_dump(mode="json", exclude_defaults=True, exclude=left_out)
    packed = zlib.compress(json.dumps(values, separators=(",", ":")).encode(), 9)
    text = urlsafe_b64encode(packed).decode().rstrip("=")
    return text if len(text) <= MAX_PACKED else _TOO_LONG


def read_own(text: str) -> dict[str, Any]:
    """Unpack what `write_own` packed, for validation.

    Raises
    ------
    ValueError
        If it was too long, altered or cut off.
    """
    if text == _TOO_LONG:
        raise ValueError(
            "the description of these data does not fit into a link; load the settings from a "
            "file instead"
        )
    if is_drawn_text(text):
        return dict(_facts_in(text))
    try:
        data = b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(data, _MAX_UNPACKED)
        values = json.loads(plain) if unpacker.eof else None
    except (ValueError, zlib.error, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise ValueError("the description of the data in this link was altered or cut off")
    return values
