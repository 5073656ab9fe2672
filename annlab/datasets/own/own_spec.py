"""Entry of data of one's own, in place of one in the registry."""

from functools import lru_cache

from annlab.datasets.own import tables
from annlab.datasets.own.own_data import OWN, OwnData
from annlab.datasets.spec import Array, DatasetSpec
from annlab.nn.tasks import TASKS

_ORIGINS = {"file": "a file of your own", "drawn": "points drawn by hand", "arrays": "arrays"}


@lru_cache(maxsize=16)
def spec_of(own: OwnData) -> DatasetSpec:
    """Entry of data of one's own, as a registered data set would have it."""

    def read_samples() -> tuple[Array, Array]:
        table = tables.find(own)
        return table.X, table.y

    n, n_columns = len(own.input_names), len(own.columns)
    are_values = TASKS[own.task].kind == "values"
    # Otherwise the target with the smallest unit, whose numbers are the largest, rules the loss.
    target_scaling = {"target_scaling": "standard"} if are_values and own.target_names else {}
    made = "" if n == n_columns else f", which become {n} inputs"
    return DatasetSpec(
        name=OWN,
        label=own.title or "Your data",
        task=own.task,
        make=read_samples,
        n_features=n,
        n_rows=own.n_rows,
        class_names=own.class_names,
        feature_names=lambda: own.input_names,
        target_name=own.target_name if are_values else "",
        target_names=own.target_names,
        # Points of a plane stay as they are drawn; columns of a file have units of all sizes.
        suggested={"test_fraction": 0.2}
        | ({} if own.source == "drawn" else {"scaling": "standard"})
        | target_scaling,
        has_groups=bool(own.group_sizes),
        description=f"{own.n_rows:,} rows, {n_columns} feature columns{made}.",
        source=_ORIGINS[own.source],
    )
