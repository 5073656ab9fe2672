"""Code shared by the script exporters: data, splits, scaling, imports, formatting.

Generated code is formatted like `ruff format`, which a test checks.
"""

import re
import sys
from collections.abc import Sequence
from typing import Any

from annlab.config import DatasetConfig, RunConfig
from annlab.datasets import watched_split
from annlab.datasets.split import fold_rows
from annlab.exports import inputs, own_data, own_preparation
from annlab.exports.literals import LINE_LENGTH
from annlab.exports.section import Section, printed

_SCALERS = {"minmax": "MinMaxScaler", "standard": "StandardScaler"}
# Through float32, so that a constant target has a standard deviation of exactly 0.
_TARGET_SCALING = """
target = splits["train"][1].astype("float32").astype("float64")
target_mean, target_scale = target.mean(), target.std() or 1.0
"""
_SEVERAL_TARGETS_SCALING = """
targets = splits["train"][1].astype("float32").astype("float64")
target_mean, target_scale = targets.mean(0), targets.std(0)
target_scale[target_scale == 0] = 1.0
"""


def data_section(config: RunConfig) -> Section:
    """Code for the data of a run: dict ``splits`` of "train", "validation", "test" to ``(X, y)``.

    Features are scaled, or derived from scaled ones. Targets are in their original unit; if they
    are to be scaled, the code computes ``target_mean`` and ``target_scale``.

    Parameters
    ----------
    config : RunConfig
        Config of the run.

    Returns
    -------
    Section
        Text ends with a newline.
    """
    dataset = config.dataset.of_network(0)
    spec = dataset.spec
    arguments = [
        f"{name}={value.__name__ if callable(value) else repr(value)}"
        for name, value in spec.arguments(dataset).items()
    ]
    made, own_test = "X, y", ""
    if spec.n_test_rows:
        made, own_test = "X, y, X_test, y_test", ', "test": (X_test, y_test)'
    maker, split, scaling = _maker(config.dataset), _split(config), _scaling(dataset)
    derived = inputs.definition(config)
    text = (
        f"{maker.text}\n\n\n"
        + derived
        + _own_sample(config)
        + call(f"{made} = {spec.make.__name__}", arguments)
        + (
            f"\nX, X_test = X / {spec.max_pixel_value}, X_test / {spec.max_pixel_value}"
            if spec.max_pixel_value
            else ""
        )
        + f'\nsplits = {{"train": (X, y){own_test}}}\n'
        + split.text
        + scaling.text
        + (inputs.CALL if derived else "")
        + (_target_scaling(config) if dataset.target_scaling == "standard" else "")
    )
    more = inputs.IMPORTS if derived else ()
    return Section(text, (*maker.imports, *split.imports, *scaling.imports, *more))


def title(config: RunConfig) -> str:
    """One line with data set and model of a run."""
    return f"{own_data.plain_title(config.dataset.spec.label)}: {config.model.label}"


def needed(packages: Sequence[str], imports: Sequence[str]) -> str:
    """Packages that a script needs, in words: "torch and scikit-learn"."""
    more = ("pooch", "openpyxl")
    names = [*packages, "scikit-learn", *(name for name in more if f"import {name}" in imports)]
    if "import pandas as pd" in imports:
        names.insert(len(packages), "pandas")
    return f"{', '.join(names[:-1])} and {names[-1]}"


def which_seed(config: RunConfig) -> str:
    """Comment on which network of a run the script trains."""
    first, n = config.training.seed, config.training.n_seeds
    if n == 1:
        return "as in annlab, which draws different random numbers from it"
    return f"network 1 of {n} in annlab; their seeds are {first} to {first + n - 1}"


def watched_name(config: RunConfig) -> str:
    """Log name of the loss measured after each epoch."""
    splits = config.sizes.splits
    return "val_loss" if watched_split(splits) == "validation" else "loss_after_epoch"


def watched(config: RunConfig, argument: str) -> str:
    """Argument that passes the split measured after each epoch.

    Parameters
    ----------
    config : RunConfig
    argument : str
        Argument with ``{}`` in place of the split name.

    Returns
    -------
    str
        Lines of a call, each starting with a newline, with the validation split, or with the
        training split if early stopping has no validation split. Empty if nothing is measured.
    """
    split = watched_split(config.sizes.splits)
    line = "\n    " + argument.format(split)
    if split == "validation":
        return line
    if not config.training.early_stopping_patience:
        return ""
    return (
        "\n    # Early stopping watches the training samples, after each epoch, without dropout."
        + line
    )


def sorted_imports(imports: Sequence[str]) -> str:
    """Join import lines in isort order: standard library first, whole modules first."""
    names: dict[str, set[str]] = {}
    for line in imports:
        start, of_module, name = line.partition(" import ")
        names.setdefault(start + of_module, set()).update({name} - {""})
    lines = [start + ", ".join(sorted(found)) for start, found in names.items()]
    groups: dict[bool, list[str]] = {False: [], True: []}
    for line in sorted(lines, key=lambda line: (line.startswith("from"), line)):
        package = re.split(r"[ .]", line)[1]
        groups[package not in sys.stdlib_module_names].append(line)
    return "\n\n".join("\n".join(lines) for lines in groups.values() if lines)


def imported(code: str) -> set[str]:
    """Third-party packages imported by some code."""
    names = set(re.findall(r"^(?:import|from) (\w+)", code, flags=re.MULTILINE))
    return names - sys.stdlib_module_names


def call(function: str, arguments: Sequence[str], indent: int = 0) -> str:
    """Format a function call on one line if it fits, else wrapped like ruff."""
    joined = ", ".join(arguments)
    if indent + len(f"{function}({joined})") <= LINE_LENGTH:
        return f"{function}({joined})"
    if indent + 4 + len(joined) <= LINE_LENGTH:
        return f"{function}(\n    {joined}\n)"
    return f"{function}(\n" + "".join(f"    {argument},\n" for argument in arguments) + ")"


def keywords(arguments: dict[str, Any]) -> list[str]:
    """Format keyword arguments for a call."""
    return [f"{name}={value!r}" for name, value in arguments.items()]


def _maker(config: DatasetConfig) -> Section:
    """Code of the functions that generate the samples."""
    spec, own = config.spec, config.own
    given = [value for value in spec.arguments(config).values() if callable(value)]
    functions = [] if own else [*spec.helpers, *given, spec.make]
    if config.resample == "folds":
        functions.append(fold_rows)
    sections = [own_data.reading(own)] if own else []
    sections += [printed(function) for function in functions]
    return Section(
        "\n\n\n".join(section.text for section in sections),
        tuple(line for section in sections for line in section.imports),
    )


def _own_sample(config: RunConfig) -> str:
    """Comment for a run in which each network has a sample of its own."""
    if config.dataset.resample != "sample":
        return ""
    return "# In annlab, network 1 learns from this sample, network 2 from that of the next seed.\n"


def _split(config: RunConfig) -> Section:
    if config.dataset.spec.has_groups:
        return own_preparation.split_of_groups(config.dataset)
    dataset, n = config.dataset, config.training.n_seeds
    blocks = []
    if dataset.resample == "folds":
        arguments = ["len(y)", "0", str(n), str(dataset.split_seed)]
        if config.task.stratified:
            arguments.append("y")
        blocks.append(
            f"# In annlab, network 1 of {n} is tested on this fold, network 2 on the next.\n"
            f"test = fold_rows({', '.join(arguments)})\n"
            'splits["train"] = np.delete(X, test, axis=0), np.delete(y, test, axis=0)\n'
            'splits["test"] = X[test], y[test]'
        )
    for split in ("test", "validation"):
        fraction = getattr(dataset, f"{split}_fraction")
        if fraction:
            arguments = ["X", "y", f"test_size={fraction}", f"random_state={dataset.split_seed}"]
            if config.task.stratified:
                arguments.append("stratify=y")
            blocks.append(
                'X, y = splits["train"]\n'
                + call("X, X_held_out, y, y_held_out = train_test_split", arguments)
                + f'\nsplits["train"], splits["{split}"] = (X, y), (X_held_out, y_held_out)'
            )
    if dataset.resample == "split":
        blocks[0] = (
            "# In annlab, network 1 has this split, network 2 that of the next random_state.\n"
            + blocks[0]
        )
    text = "".join(f"\n{block}\n" for block in blocks)
    splitting = "from sklearn.model_selection import train_test_split"
    return Section(text, (splitting,) if splitting.split()[-1] in text else ())


def _target_scaling(config: RunConfig) -> str:
    return _SEVERAL_TARGETS_SCALING if config.dataset.spec.n_targets > 1 else _TARGET_SCALING


def _scaling(config: DatasetConfig) -> Section:
    prepared = own_preparation.preparation(config.own)
    name = _SCALERS.get(config.scaling)
    if name is None:
        return prepared
    lines = (
        f'\nscaler = {name}().fit(splits["train"][0])\n'
        "splits = {name: (scaler.transform(X), y) for name, (X, y) in splits.items()}\n"
    )
    imports = (*prepared.imports, f"from sklearn.preprocessing import {name}")
    return Section(prepared.text + lines, imports)
