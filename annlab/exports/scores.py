"""Expressions of scores in exported scripts: one entry for each score of a task."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ScoreCode:
    """Code of a score.

    Attributes
    ----------
    of_output : str
        Expression from ``output`` and ``y``, which are tensors of PyTorch or arrays of NumPy, of
        shape (n_samples, n_outputs). ``$right`` is the comparison that says which predictions are
        right, ``$mean`` the method call that takes the mean of such a comparison.
    of_model : str
        Expression from ``model``, a fitted network of scikit-learn, and from ``X`` and ``y``;
        ``$prediction`` is the prediction in the unit of ``y``.
    """

    of_output: str
    of_model: str


SCORE_CODES = {
    "accuracy": ScoreCode("($right)$mean", "float(model.score(X, y))"),
    "label_accuracy": ScoreCode("($right)$mean", "float(np.mean($prediction == y))"),
    "subset_accuracy": ScoreCode("($right).all(-1)$mean", "float(model.score(X, y))"),
    "mse": ScoreCode("((output - y) ** 2).mean()", "float(np.mean(($prediction - y) ** 2))"),
}
