"""Training by plain torch in float64, one network at a time: an oracle for the engine."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from annlab import Run, load_dataset
from annlab.nn.optimizers import OPTIMIZERS
from annlab.training.stack import generators

# Mean losses in torch's own words, of logits, output and target.
LOSSES = {
    "binary_cross_entropy": lambda logits, output, target: (
        functional.binary_cross_entropy_with_logits(logits, target)
    ),
    "categorical_cross_entropy": lambda logits, output, target: functional.cross_entropy(
        logits, target
    ),
    "mse": lambda logits, output, target: functional.mse_loss(output, target),
    "mae": lambda logits, output, target: functional.l1_loss(output, target),
    "huber": lambda logits, output, target: functional.huber_loss(output, target),
}
OUTPUTS = {
    "linear": lambda logits: logits,
    "sigmoid": torch.sigmoid,
    "softmax": lambda logits: torch.softmax(logits, dim=1),
    "softplus": functional.softplus,
}


class Network(nn.Module):
    """The network in torch's own words: dropout is drawn by the caller, to repeat ours."""

    def __init__(self, hidden: list[nn.Linear], last: nn.Linear) -> None:
        super().__init__()
        self.hidden, self.last = nn.ModuleList(hidden), last

    def forward(self, x: Tensor, masks: list[Tensor]) -> Tensor:
        deep = x
        for layer, mask in zip(self.hidden, masks, strict=True):
            deep = torch.tanh(layer(deep)) * mask
        if self.last.in_features > deep.shape[1]:
            deep = torch.cat([deep, x], dim=1)
        logits: Tensor = self.last(deep)
        return logits


def weights_by_torch(run: Run, k: int) -> list[tuple[Tensor, Tensor]]:
    """Train network k of a run again, from its initial weights and with its batches.

    Hidden layers are those of tanh.

    Returns
    -------
    list of (Tensor, Tensor), shapes (n_in, n_out) and (n_out,)
        Weights and biases of each layer after the last epoch.
    """
    config, dataset = run.config, load_dataset(run.config, k)
    training, keep = config.training, 1 - config.model.dropout
    assert config.model.activation == "tanh"
    X, target = torch.tensor(dataset.X_train).double(), encoded(run, k)
    linears = [nn.Linear(W.shape[1], W.shape[2], dtype=torch.float64) for W, _ in run.layers(0)]
    network = Network(linears[:-1], linears[-1])
    for layer, (W, b) in zip(linears, run.layers(0), strict=True):
        layer.weight.data = torch.tensor(W[k].T).double()
        layer.bias.data = torch.tensor(b[k]).double()
    entry = OPTIMIZERS[training.optimizer]
    optimizer = getattr(torch.optim, entry.torch_class)(
        [
            {"params": [x.weight for x in linears], "weight_decay": training.weight_decay},
            {"params": [x.bias for x in linears], "weight_decay": 0.0},
        ],
        **entry.arguments(training),
    )
    seed = training.seed + k
    (orders,), (dropouts,) = generators([seed], "order"), generators([seed], "dropout")
    for _ in range(training.max_epochs):
        order = torch.randperm(len(X), generator=orders)
        masks = [torch.ones(n, len(X)) for n in config.model.hidden_sizes]
        if keep < 1:
            masks = [mask.bernoulli_(keep, generator=dropouts) / keep for mask in masks]
        places = torch.arange(len(X)).split(training.batch_size)
        for rows, place in zip(order.split(training.batch_size), places, strict=True):
            optimizer.zero_grad()
            logits = network(X[rows], [mask[:, place].T.double() for mask in masks])
            output = OUTPUTS[config.output_activation](logits)
            LOSSES[config.loss](logits, output, target[rows]).backward()
            if training.clip_norm:
                nn.utils.clip_grad_norm_(network.parameters(), training.clip_norm)
            optimizer.step()
    return [(x.weight.detach().T, x.bias.detach()) for x in linears]


def encoded(run: Run, k: int) -> Tensor:
    """Ideal outputs for the training samples of network k: shape (n_samples, n_outputs)."""
    dataset = load_dataset(run.config, k)
    y = torch.tensor(dataset.y_train)
    if dataset.task.name == "multiclass":
        return functional.one_hot(y).double()
    y = (y if y.ndim == 2 else y[:, None]).double()
    if run.config.dataset.target_scaling == "none":
        return y
    return (y - y.mean(0)) / y.std(0, correction=0)
