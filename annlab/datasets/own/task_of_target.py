"""Task that data of one's own have, by what their targets are."""

from annlab.nn.tasks import TargetKind, TaskName

# By the number of classes; more are several, too.
_OF_CLASSES: dict[int, TaskName] = {2: "binary", 3: "multiclass"}
_OF_ONE: dict[TargetKind, TaskName] = {"values": "regression"}
_OF_SEVERAL: dict[TargetKind, TaskName] = {
    "values": "multioutput_regression",
    "labels": "multilabel",
}


def task_of_target(kind: TargetKind, n_classes: int = 0, n_targets: int = 0) -> TaskName:
    """Name of the task of some targets.

    Parameters
    ----------
    kind : {"class", "values", "labels"}
        What the targets of a sample are.
    n_classes : int
        Number of classes; 0 for values and labels.
    n_targets : int
        Number of named targets; 0 for a single one.

    Returns
    -------
    str
        Empty if no task has such targets.

    Examples
    --------
    >>> task_of_target("class", 3)
    'multiclass'
    >>> task_of_target("values", n_targets=2)
    'multioutput_regression'
    """
    if n_targets:
        return "" if n_classes else _OF_SEVERAL.get(kind, "")
    if n_classes:
        return _OF_CLASSES.get(min(n_classes, 3), "") if kind == "class" else ""
    return _OF_ONE.get(kind, "")
