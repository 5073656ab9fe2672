"""Task that data of one's own have, by what their targets are."""

from annlab.nn.tasks import TargetKind, TaskName

# By the number of classes, where 3 stands for three or more.
_OF_CLASSES: dict[int, TaskName] = {2: "binary", 3: "multiclass"}
_OF_ONE: dict[TargetKind, TaskName] = {"values": "regression"}
_OF_SEVERAL: dict[TargetKind, TaskName] = {
    "values": "multioutput_regression",
    "labels": "multilabel",
}


def task_of_target(kind: TargetKind, n_classes: int = 0, *, several: bool = False) -> TaskName:
    """Name of the task of some targets.

    Parameters
    ----------
    kind : {"class", "values", "labels"}
        What the targets of a sample are.
    n_classes : int
        Number of classes; 0 for values and labels.
    several : bool
        Whether there is a list of targets instead of a single one.

    Returns
    -------
    str
        Empty if no task has such targets.

    Examples
    --------
    >>> task_of_target("class", 3)
    'multiclass'
    >>> task_of_target("values", several=True)
    'multioutput_regression'
    """
    if several:
        return "" if n_classes else _OF_SEVERAL.get(kind, "")
    if n_classes:
        return _OF_CLASSES.get(min(n_classes, 3), "") if kind == "class" else ""
    return _OF_ONE.get(kind, "")
