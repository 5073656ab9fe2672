"""The settings of a run as one list: their names in addresses and for people."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    """One setting.

    Attributes
    ----------
    url : str
        Its name in an address.
    section, name : str
        Where it stands in a RunConfig.
    label : str
        Its name for people.
    """

    url: str
    section: str
    name: str
    label: str

    def of(self, config: Any) -> Any:
        """The value of this setting in a RunConfig."""
        return getattr(getattr(config, self.section), self.name)

    def to_text(self, config: Any) -> str:
        """The value as it stands in an address."""
        value = self.of(config)
        return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)


FIELDS: tuple[Field, ...] = (
    Field("data", "dataset", "name", "Data"),
    Field("samples", "dataset", "n_samples", "Samples"),
    Field("noise", "dataset", "noise", "Noise"),
    Field("classes", "dataset", "n_classes", "Classes"),
    Field("function", "dataset", "function", "Function"),
    Field("gap", "dataset", "gap", "Gap"),
    Field("outliers", "dataset", "outliers", "Outliers"),
    Field("data_seed", "dataset", "seed", "Data seed"),
    Field("test", "dataset", "test_fraction", "Test split"),
    Field("validation", "dataset", "validation_fraction", "Validation split"),
    Field("split_seed", "dataset", "split_seed", "Split seed"),
    Field("resample", "dataset", "resample", "Each network gets"),
    Field("scaling", "dataset", "scaling", "Scaling"),
    Field("target_scaling", "dataset", "target_scaling", "Target scaling"),
    Field("hidden", "model", "hidden_sizes", "Hidden layers"),
    Field("activation", "model", "activation", "Activation"),
    Field("output", "model", "output_activation", "Output activation"),
    Field("init", "model", "init", "Weight initialization"),
    Field("dropout", "model", "dropout", "Dropout"),
    Field("optimizer", "training", "optimizer", "Optimizer"),
    Field("lr", "training", "learning_rate", "Learning rate"),
    Field("momentum", "training", "momentum", "Momentum"),
    Field("rho", "training", "rho", "Smoothing (rho)"),
    Field("accumulator", "training", "initial_accumulator", "Initial accumulator"),
    Field("l2", "training", "weight_decay", "L2"),
    Field("loss", "training", "loss", "Loss"),
    Field("batch", "training", "batch_size", "Batch size"),
    Field("epochs", "training", "max_epochs", "Epochs"),
    Field("patience", "training", "early_stopping_patience", "Early-stopping patience"),
    Field("seeds", "training", "n_seeds", "Networks"),
    Field("seed", "training", "seed", "Seed"),
    Field("gradients", "training", "record_gradients", "Record gradients"),
    Field("accelerator", "training", "accelerator", "Accelerator"),
)

BY_URL: dict[str, Field] = {field.url: field for field in FIELDS}


def from_query(query: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Values for `RunConfig.model_validate`, not yet checked, from the names in an address."""
    values: dict[str, dict[str, Any]] = {"dataset": {}, "model": {}, "training": {}}
    for name, text in query.items():
        field = BY_URL[name]
        parts = tuple(text.split("-")) if text else ()
        values[field.section][field.name] = parts if field.name == "hidden_sizes" else text
    return values
