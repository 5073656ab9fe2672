"""Losses with two parameters for tests, and the same losses in torch."""

from typing import Any

import numpy as np
import torch

from annlab.analysis.two_parameters import TwoParameterLoss

random = np.random.default_rng(0)
X = random.normal(0.7, 1.3, 60)
CLASSES = (X + random.normal(0, 1.2, 60) > 0.5).astype(float)
PROBLEMS = {
    "line": TwoParameterLoss(X, 1.5 * X - 0.4 + random.normal(0, 0.3, 60), "linear", "mse"),
    "cross-entropy": TwoParameterLoss(X, CLASSES, "sigmoid", "binary_cross_entropy"),
    "squared error": TwoParameterLoss(X, CLASSES, "sigmoid", "mse"),
}


def in_torch(problem: TwoParameterLoss, parameters: Any) -> Any:
    z = parameters[0] * torch.tensor(problem.x) + parameters[1]
    y = torch.tensor(problem.y)
    if problem.loss == "binary_cross_entropy":
        return torch.nn.functional.binary_cross_entropy_with_logits(z, y)
    output = torch.sigmoid(z) if problem.output_activation == "sigmoid" else z
    return torch.nn.functional.mse_loss(output, y)
