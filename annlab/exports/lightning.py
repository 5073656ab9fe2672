"""Export of a run as a plain PyTorch Lightning script that does not need annlab."""

import textwrap
from string import Template

from annlab.config import RunConfig
from annlab.datasets import scored_split
from annlab.exports import script, start, wide
from annlab.exports.class_weights import weights_section
from annlab.exports.phrases import Phrases
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.class_weights import NONE
from annlab.nn.initializers import INITIALIZERS
from annlab.nn.losses import LOSSES
from annlab.nn.optimizers import OPTIMIZERS
from annlab.nn.schedules import SCHEDULES

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
        self.$hidden = nn.Sequential(
$layers
        )
$last${read_start}        for layer in $linears:
            if isinstance(layer, nn.Linear):
$init
        self.output = $output

${logits}    def forward(self, x):
        return self.output(self.$of_inputs(x))

    def loss(self, batch):
        x, y = batch
        $forward
        return $loss

    def training_step(self, batch, batch_index):
        loss = self.loss(batch)
        self.log("train_loss", loss, on_epoch=True, on_step=False)
        return loss$penalty
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
    enable_checkpointing=False,$clipping$early_stopping
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

# `train_loss` is logged without it.
_PENALTY = " + {} * sum(p.abs().sum() for p in self.parameters() if p.ndim > 1)"
_CLIPPING = """
    gradient_clip_val={},
    gradient_clip_algorithm="norm","""
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

_PHRASES = Phrases(
    classes="torch.tensor(y)",
    class_columns="F.one_hot(torch.tensor(y), $n_outputs).float()",
    columns="torch.tensor(y, dtype=torch.float32)$new_axis",
    scaled_columns="torch.tensor((y - target_mean) / target_scale, dtype=torch.float32)$new_axis",
    several_scales="target_mean, target_scale = map(torch.tensor, (target_mean, target_scale))",
    mean=".float().mean()",
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
    forward, mean_loss = _forward(config)
    data, weights = script.data_section(config), weights_section(config)
    activation = ACTIVATIONS[model.activation]
    stops_early = bool(training.early_stopping_patience)
    early_imports = ("import copy",) if stops_early else ()
    return _SCRIPT.substitute(
        title=script.title(config),
        needs=script.needed(_PACKAGES, data.imports),
        imports=script.sorted_imports(
            (*_IMPORTS, *data.imports, *weights.imports, *more_imports, *early_imports)
        ),
        seed=training.seed,
        which_seed=script.which_seed(config),
        data=data.text + weights.text,
        target=_PHRASES.target(config),
        definition=start.start_text(config)
        + (activation.code.torch_definition if model.hidden_sizes else ""),
        layers=textwrap.indent(_layers(config), " " * 12),
        **wide.torch_parts(config.architecture),
        read_start=f"{' ' * 8}{start.TORCH_BEFORE}\n" if model.initial_weights else "",
        init=textwrap.indent("\n".join(_init(config)), " " * 16),
        output=ACTIVATIONS[config.output_activation].code.torch,
        forward=forward,
        loss=mean_loss,
        penalty=_PENALTY.format(training.l1) if training.l1 else "",
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
        clipping=_CLIPPING.format(training.clip_norm) if training.clip_norm else "",
        early_stopping=_early_stopping(config),
        batch_size=training.batch_size,
        validation_loader=script.watched(
            config, f'DataLoader(tensors("{{}}"), batch_size={training.batch_size}),'
        ),
        scored=scored_split(config.sizes.splits),
        score=_PHRASES.score(config),
    )


def _forward(config: RunConfig) -> tuple[str, str]:
    """Lines that compute what the loss needs, and the expression of the mean loss."""
    loss = LOSSES[config.loss]
    of_inputs = wide.torch_parts(config.architecture)["of_inputs"]
    forward = f"logits = self.{of_inputs}(x)" if loss.canonical else "output = self(x)"
    if config.training.class_weights == NONE:
        return forward, loss.torch_loss
    classes = "y.long()"
    if config.architecture.n_outputs > 1:
        classes = "y" if loss.canonical else "y.argmax(-1, keepdim=True)"
    each = loss.torch_loss.removesuffix(")") + ', reduction="none")'
    lines = (forward, f"weights = torch.tensor(class_weights).to(y.device)[{classes}]")
    return "\n        ".join((*lines, f"losses = {each}")), "(weights * losses).mean()"


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
    if not config.architecture.has_skip:
        lines.append(f"nn.Linear({last.n_in}, {last.n_out}),")
    return "\n".join(lines)


def _init(config: RunConfig) -> list[str]:
    """Statements that initialize a linear layer."""
    if config.model.initial_weights:
        return [start.TORCH_LAYER]
    lines = list(INITIALIZERS[config.model.init].torch_lines)
    if config.model.init_scale != 1:
        lines += [
            "for parameter in layer.parameters():",
            f"    parameter.data *= {config.model.init_scale}",
        ]
    return lines


def _optimizer(config: RunConfig) -> str:
    """Lines that return the optimizer, with the schedule of its learning rate if it has one."""
    schedule = SCHEDULES[config.training.schedule]
    if not schedule.torch_class:
        return _made_optimizer(config, "return ")
    arguments = script.keywords(schedule.torch_arguments(config.training))
    function = f"scheduler = torch.optim.lr_scheduler.{schedule.torch_class}"
    return "\n".join(
        (
            _made_optimizer(config, "optimizer = "),
            script.call(function, ["optimizer", *arguments], indent=8),
            "return [optimizer], [scheduler]",
        )
    )


def _made_optimizer(config: RunConfig, start: str) -> str:
    training = config.training
    entry = OPTIMIZERS[training.optimizer]
    arguments = script.keywords(entry.arguments(training))
    function = f"{start}torch.optim.{entry.torch_class}"
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
