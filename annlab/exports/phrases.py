"""Targets and scores in the words of the framework of an exported script."""

from dataclasses import dataclass
from string import Template

from annlab.config import RunConfig
from annlab.datasets import scored_split
from annlab.exports.scores import SCORE_CODES
from annlab.nn.losses import LOSSES
from annlab.nn.tasks import USUAL_THRESHOLD

# Networks learn scaled targets; scores are in the unit of the target.
_UNSCALED = "output, y = (scaled * target_scale + target_mean for scaled in (output, y))"


@dataclass(frozen=True)
class Phrases:
    """Target and score expressions of a framework.

    Attributes
    ----------
    classes : str
        Target of a loss that takes the index of a class, from the array ``y``.
    class_columns : str
        Target of another loss of one output per class; ``$n_outputs`` is the number of outputs.
    columns, scaled_columns : str
        Targets with one output each, as they are or standardized with ``target_mean`` and
        ``target_scale``; ``$new_axis`` makes a column of ``y`` if there is one target.
    several_scales : str
        Line that prepares the means and scales of several targets for outputs; may be empty.
    mean : str
        Method calls that take the mean of a comparison.
    """

    classes: str
    class_columns: str
    columns: str
    scaled_columns: str
    several_scales: str
    mean: str

    def target(self, config: RunConfig) -> str:
        """Return the target expression of a run."""
        if _has_output_per_class(config):
            return self.classes if _takes_indices(config) else self._class_columns(config)
        is_scaled = config.dataset.target_scaling == "standard"
        columns = self.scaled_columns if is_scaled else self.columns
        new_axis = "" if config.dataset.spec.n_targets > 1 else "[:, None]"
        return columns.replace("$new_axis", new_axis)

    def score(self, config: RunConfig) -> str:
        """Return the lines that compute and print the scores of a run, the headline last."""
        lines = []
        if config.dataset.target_scaling == "standard":
            if config.dataset.spec.n_targets > 1 and self.several_scales:
                lines.append(self.several_scales)
            lines.append(_UNSCALED)
        split = scored_split(config.sizes.splits)
        for score in reversed(config.task.scores):
            code = Template(SCORE_CODES[score.name].of_output)
            lines += [
                f"{score.name} = {code.substitute(right=_right(config), mean=self.mean)}",
                f'print(f"{score.name} on the {split} split: {{{score.name}:.4f}}")',
            ]
        return "\n".join(lines)

    def _class_columns(self, config: RunConfig) -> str:
        return self.class_columns.replace("$n_outputs", str(config.architecture.n_outputs))


def _has_output_per_class(config: RunConfig) -> bool:
    return config.architecture.n_outputs > config.dataset.spec.n_targets


def _takes_indices(config: RunConfig) -> bool:
    """Whether the loss takes the index of a class, not a column for each class."""
    return LOSSES[config.loss].canonical is not None


def _right(config: RunConfig) -> str:
    """Comparison that says which predictions are right, from ``output`` and ``y``."""
    if not _has_output_per_class(config):
        return f"(output >= {USUAL_THRESHOLD}) == (y >= {USUAL_THRESHOLD})"
    return f"output.argmax(-1) == {'y' if _takes_indices(config) else 'y.argmax(-1)'}"
