"""Export of a run as a plain PyTorch Lightning script that does not need annlab."""

import textwrap
from string import Template

from annlab.config import RunConfig
from annlab.datasets import scored_split
from annlab.exports import script
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.initializers import INITIALIZERS
from annlab.nn.losses import LOSSES
from annlab.nn.optimizers import OPTIMIZERS

# Formatted like `ruff format`, which a test checks.
_SCRIPT = Template('''\
"""$title.

Needs $needs.
"""

$imports

SEED = $seed  # $which_seed
pl.seed_everything(SEED)


# --- Data ---
$data

def tensors(split):
    X, y = splits[split]
    X = torch.tensor(X, dtype=torch.float32)
    y = $target
    return TensorDataset(X, y)


# --- Network ---
${definition}class Network(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
$layers
        )
        for layer in self.layers:
            if isinstance(layer, nn.Linear):
$init
        self.output = $output

    def forward(self, x):
        return self.output(self.layers(x))

    def loss(self, batch):
        x, y = batch
        $forward
        return $loss

    def training_step(self, batch, batch_index):
        loss = self.loss(batch)
        self.log("train_loss", loss, on_epoch=True, on_step=False)
        return loss
$validation_step
    def configure_optimizers(self):
$optimizer


# --- Training ---
${keep_best}network = Network()
trainer = pl.Trainer(
    max_epochs=$max_epochs,
    accelerator="$accelerator",
    devices=1,
$logging
    enable_checkpointing=False,$early_stopping
)
trainer.fit(
    network,
    DataLoader(tensors("train"), batch_size=$batch_size, shuffle=True),$validation_loader
)

# --- Score ---
network.eval()
X, y = tensors("$scored").tensors
with torch.no_grad():
    output = network(X)
$score
''')

_PACKAGES = ("torch", "pytorch-lightning")
_IMPORTS = (
    "import pytorch_lightning as pl",
    "import torch",
    "import torch.nn.functional as F",
    "from torch import nn",
    "from torch.utils.data import DataLoader, TensorDataset",
)

_VALIDATION_STEP = """
    def validation_step(self, batch, batch_index):
        self.log("$watched", self.loss(batch))
"""

_KEEP_BEST = '''\
class KeepBest(pl.Callback):
    """Gives the network its best weights back when the training ends."""

    def __init__(self):
        self.loss, self.weights = float("inf"), None

    def on_validation_end(self, trainer, network):
        loss = trainer.callback_metrics["$watched"].item()
        if loss < self.loss:
            self.loss, self.weights = loss, copy.deepcopy(network.state_dict())

    def on_train_end(self, trainer, network):
        if self.weights is not None:
            network.load_state_dict(self.weights)


'''

_PHRASES = script.Phrases(
    targets={
        "binary": "torch.tensor(y, dtype=torch.float32)[:, None]",
        "multiclass": "torch.tensor(y)",
        "regression": "torch.tensor(y, dtype=torch.float32)[:, None]",
    },
    columns={"multiclass": "F.one_hot(torch.tensor(y), $n_outputs).float()"},
    scaled_target="(torch.tensor(y, dtype=torch.float32)[:, None] - target_mean) / target_scale",
    scores={
        "binary": ("accuracy", "((output >= 0.5) == (y >= 0.5)).float().mean()"),
        "multiclass": ("accuracy", "(output.argmax(-1) == $classes).float().mean()"),
        "regression": ("mse", "((output - y) ** 2).mean()"),
    },
)


def lightning_script(
    config: RunConfig, *, logging: str = "logger=False,", more_imports: tuple[str, ...] = ()
) -> str:
    """Return a Lightning script that trains one network of a run and prints the score.

    Parameters
    ----------
    config : RunConfig
        Config of the run.
    logging : str
        Lines with the `Trainer` arguments for logging.
    more_imports : tuple of str
        Additional import lines.

    Returns
    -------
    str
        Python source. The script draws different random numbers than annlab, so scores agree
        within the spread over seeds.
    """
    model, training = config.model, config.training
    loss = LOSSES[config.loss]
    data = script.data_section(config)
    activation = ACTIVATIONS[model.activation]
    stops_early = bool(training.early_stopping_patience)
    early_imports = ("import copy",) if stops_early else ()
    return _SCRIPT.substitute(
        title=script.title(config),
        needs=script.needed(_PACKAGES, data.imports),
        imports=script.sorted_imports((*_IMPORTS, *data.imports, *more_imports, *early_imports)),
        seed=training.seed,
        which_seed=script.which_seed(config),
        data=data.text,
        target=_PHRASES.target(config),
        definition=activation.code.torch_definition if model.hidden_sizes else "",
        layers=textwrap.indent(_layers(config), " " * 12),
        init=textwrap.indent("\n".join(INITIALIZERS[model.init].torch_lines), " " * 16),
        output=ACTIVATIONS[config.output_activation].code.torch,
        forward="logits = self.layers(x)" if loss.canonical else "output = self(x)",
        loss=loss.torch_loss,
        validation_step=(
            _VALIDATION_STEP.replace("$watched", script.watched_name(config))
            if stops_early or config.has_validation
            else ""
        ),
        keep_best=_KEEP_BEST.replace("$watched", script.watched_name(config))
        if stops_early
        else "",
        optimizer=textwrap.indent(_optimizer(config), " " * 8),
        max_epochs=training.max_epochs,
        accelerator=training.accelerator,
        logging=textwrap.indent(logging, " " * 4),
        early_stopping=_early_stopping(config),
        batch_size=training.batch_size,
        validation_loader=script.watched(
            config, f'DataLoader(tensors("{{}}"), batch_size={training.batch_size}),'
        ),
        scored=scored_split(config.sizes.splits),
        score=_PHRASES.score(config),
    )


def _layers(config: RunConfig) -> str:
    model, lines = config.model, []
    *hidden, last = config.architecture.layers
    for n_in, n_out in hidden:
        lines += [
            f"nn.Linear({n_in}, {n_out}),",
            ACTIVATIONS[model.activation].code.torch + ",",
        ]
        if model.dropout:
            lines.append(f"nn.Dropout({model.dropout}),")
    lines.append(f"nn.Linear({last.n_in}, {last.n_out}),")
    return "\n".join(lines)


def _optimizer(config: RunConfig) -> str:
    training = config.training
    entry = OPTIMIZERS[training.optimizer]
    arguments = script.keywords(entry.arguments(training))
    function = f"return torch.optim.{entry.torch_class}"
    if not training.weight_decay:
        if entry.decouples_weight_decay:  # and has some, unless it is told
            arguments.append("weight_decay=0.0")
        return script.call(function, ["self.parameters()", *arguments], indent=8)
    return (
        "weights = [p for p in self.parameters() if p.ndim > 1]\n"
        "biases = [p for p in self.parameters() if p.ndim == 1]\n"
        "groups = [\n"
        f'    {{"params": weights, "weight_decay": {training.weight_decay}}},\n'
        '    {"params": biases, "weight_decay": 0.0},\n'
        "]\n"
    ) + script.call(function, ["groups", *arguments], indent=8)


def _early_stopping(config: RunConfig) -> str:
    patience = config.training.early_stopping_patience
    if not patience:
        return ""
    stopper = f'pl.callbacks.EarlyStopping("{script.watched_name(config)}", patience={patience})'
    return f"\n    num_sanity_val_steps=0,\n    callbacks=[{stopper}, KeepBest()],"
