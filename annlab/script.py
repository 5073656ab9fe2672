"""A run as a plain script: PyTorch Lightning the way its tutorial shows it, without annlab."""

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Sequence
from itertools import pairwise
from string import Template
from typing import Any

from annlab.activations import ACTIVATIONS
from annlab.config import DatasetConfig, RunConfig
from annlab.initialisers import INITIALISERS
from annlab.optimizers import OPTIMIZERS
from annlab.tasks import LOSSES

LINE_LENGTH = 100

# Everything below is written as `ruff format` would: the tests hold it to that.
_SCRIPT = Template('''\
"""$title.

Needs $needs.
"""

$imports

SEED = $seed  # $seeds
pl.seed_everything(SEED)


# --- Data ---
$maker


$make
parts = {"train": (X, y)$own_test}
$split$scaling

def tensors(part):
    X, y = parts[part]
    X = torch.tensor(X, dtype=torch.float32)
    y = $target
    return TensorDataset(X, y)


# --- Network ---
${step}class Network(pl.LightningModule):
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
        return F.$loss_function($loss_input, y)

    def training_step(self, batch, batch_index):
        loss = self.loss(batch)
        self.log("train_loss", loss, on_epoch=True, on_step=False)
        return loss
$validation_step
    def configure_optimizers(self):
$optimizer


# --- Training ---
network = Network()
trainer = pl.Trainer(
    max_epochs=$max_epochs,
    accelerator="$accelerator",
    devices=1,
    logger=False,
    enable_checkpointing=False,$callbacks
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

_IMPORTS = (
    "import pytorch_lightning as pl",
    "import torch",
    "import torch.nn.functional as F",
    "from torch import nn",
    "from torch.utils.data import DataLoader, TensorDataset",
)

_STEP = """class Step(nn.Module):
    def forward(self, z):
        return (z >= 0).to(z.dtype)


"""

_VALIDATION_STEP = """
    def validation_step(self, batch, batch_index):
        self.log("val_loss", self.loss(batch))
"""

_SCORES = {
    "binary": """accuracy = ((output >= 0.5) == (y >= 0.5)).float().mean()
print(f"accuracy on the {part} part: {accuracy:.4f}")""",
    "multiclass": """accuracy = (output.argmax(-1) == $classes).float().mean()
print(f"accuracy on the {part} part: {accuracy:.4f}")""",
    "regression": """mse = ((output - y) ** 2).mean()
print(f"mse on the {part} part: {mse:.4f}")""",
}

_TARGETS = {
    "binary": "torch.tensor(y, dtype=torch.float32)[:, None]",
    "multiclass": "torch.tensor(y)",
    "regression": "torch.tensor(y, dtype=torch.float32)[:, None]",
}

# Learned in standard units, scored in the target's own.
_SCALED_TARGET = "(torch.tensor(y, dtype=torch.float32)[:, None] - target_mean) / target_scale"
_TARGET_SCALING = """
target_mean, target_scale = parts["train"][1].mean(), parts["train"][1].std() or 1.0
"""
_UNSCALED = """output, y = (scaled * target_scale + target_mean for scaled in (output, y))
"""


def lightning_script(config: RunConfig) -> str:
    """Write the script that trains one network of a run and prints its score.

    Parameters
    ----------
    config : RunConfig
        What the script shall do.

    Returns
    -------
    str
        Python source. The numbers come from other random draws than annlab's, so its score
        agrees within the spread over seeds.
    """
    dataset, model, training = config.dataset, config.model, config.training
    spec = dataset.spec
    task = config.task.name
    loss = LOSSES[config.loss]
    one_hot = task == "multiclass" and loss.canonical is None
    n_classes = config.layer_sizes[-1]
    scored = "test" if dataset.has_test else "train"
    target = f"F.one_hot(torch.tensor(y), {n_classes}).float()" if one_hot else _TARGETS[task]
    classes = "y.argmax(-1)" if one_hot else "y"
    arguments = [
        f"{name}={value.__name__ if callable(value) else repr(value)}"
        for name, value in spec.arguments(dataset).items()
    ]
    score = _SCORES[task].replace("$classes", classes).replace("{part}", scored)
    target_scaling = ""
    if dataset.target_scaling == "standard":
        target, target_scaling, score = _SCALED_TARGET, _TARGET_SCALING, _UNSCALED + score
    made = "X, y, X_test, y_test" if spec.n_test_rows else "X, y"
    maker, imports = _maker(dataset)
    split, split_imports = _split(config)
    scaling, scaling_imports = _scaling(config)
    return _SCRIPT.substitute(
        title=f"{spec.label}: {model.label}",
        needs="torch, pytorch-lightning, scikit-learn and pooch"
        if "import pooch" in imports
        else "torch, pytorch-lightning and scikit-learn",
        imports=_sorted((*_IMPORTS, *imports, *split_imports, *scaling_imports)),
        seed=training.seed,
        seeds=_seeds(training.seed, training.n_seeds),
        maker=maker,
        make=_call(f"{made} = {spec.make.__name__}", arguments),
        own_test=', "test": (X_test, y_test)' if spec.n_test_rows else "",
        split=split,
        scaling=scaling + target_scaling,
        target=target,
        step=_STEP if model.activation == "step" and model.hidden_sizes else "",
        layers=textwrap.indent(_layers(config), " " * 12),
        init=textwrap.indent("\n".join(INITIALISERS[model.init].torch_lines), " " * 16),
        output=ACTIVATIONS[config.output_activation].torch_expression,
        loss_function=loss.torch_function,
        loss_input="self.layers(x)" if loss.canonical else "self(x)",
        validation_step=_VALIDATION_STEP if dataset.validation_fraction else "",
        optimizer=textwrap.indent(_optimizer(config), " " * 8),
        max_epochs=training.max_epochs,
        accelerator=training.accelerator,
        callbacks=_callbacks(config),
        batch_size=training.batch_size,
        validation_loader=(
            f'\n    DataLoader(tensors("validation"), batch_size={training.batch_size}),'
            if dataset.validation_fraction
            else ""
        ),
        scored=scored,
        score=score,
    )


def _seeds(first: int, n: int) -> str:
    if n == 1:
        return "as in annlab, whose random numbers are others all the same"
    return f"the first of annlab's {n} networks: theirs are {first} to {first + n - 1}"


def _sorted(imports: Sequence[str]) -> str:
    """Lines of imports as isort orders them: Python's own first, whole modules first."""
    groups: dict[bool, list[str]] = {False: [], True: []}
    for line in sorted(set(imports), key=lambda line: (line.startswith("from"), line)):
        package = re.split(r"[ .]", line)[1]
        groups[package not in sys.stdlib_module_names].append(line)
    return "\n\n".join("\n".join(lines) for lines in groups.values() if lines)


def _call(function: str, arguments: Sequence[str], indent: int = 0) -> str:
    """A call on one line if it fits, broken as ruff breaks it otherwise."""
    joined = ", ".join(arguments)
    if indent + len(f"{function}({joined})") <= LINE_LENGTH:
        return f"{function}({joined})"
    if indent + 4 + len(joined) <= LINE_LENGTH:
        return f"{function}(\n    {joined}\n)"
    return f"{function}(\n" + "".join(f"    {argument},\n" for argument in arguments) + ")"


def _maker(config: DatasetConfig) -> tuple[str, list[str]]:
    """The functions that make the points, and the imports that stand in them."""
    spec = config.spec
    given = [value for value in spec.arguments(config).values() if callable(value)]
    printed = [_printed(function) for function in (*spec.helpers, *given, spec.make)]
    return "\n\n\n".join(text for text, _ in printed), [
        line for _, imports in printed for line in imports
    ]


def _printed(function: Callable[..., Any]) -> tuple[str, list[str]]:
    """A function without its annotations, which name annlab's types, and its imports."""
    source = inspect.getsource(function).rstrip()
    tree = ast.parse(source).body[0]
    assert isinstance(tree, ast.FunctionDef)
    lines = source.split("\n")
    if tree.returns:
        line = lines[tree.returns.lineno - 1]
        arrow = line.rindex(" -> ", 0, tree.returns.col_offset)
        lines[tree.returns.lineno - 1] = line[:arrow] + line[tree.returns.end_col_offset :]
    for argument in reversed(tree.args.args):
        if argument.annotation:
            line, name_ends = lines[argument.lineno - 1], argument.col_offset + len(argument.arg)
            rest = line[argument.annotation.end_col_offset :]
            lines[argument.lineno - 1] = line[:name_ends] + rest
    inside = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    if inside:  # they stand first, with an empty line below them
        del lines[inside[0].lineno - 1 : (inside[-1].end_lineno or 0) + 1]
    return "\n".join(lines), [ast.unparse(node) for node in inside]


def _split(config: RunConfig) -> tuple[str, list[str]]:
    dataset = config.dataset
    lines = []
    for part in ("test", "validation"):
        fraction = getattr(dataset, f"{part}_fraction")
        if fraction:
            arguments = ["X", "y", f"test_size={fraction}", f"random_state={dataset.split_seed}"]
            if config.task.name != "regression":
                arguments.append("stratify=y")
            lines += [
                '\nX, y = parts["train"]',
                _call("X, X_kept, y, y_kept = train_test_split", arguments),
                f'parts["train"], parts["{part}"] = (X, y), (X_kept, y_kept)',
            ]
    if not lines:
        return "", []
    return "\n".join(lines) + "\n", ["from sklearn.model_selection import train_test_split"]


def _scaling(config: RunConfig) -> tuple[str, list[str]]:
    name = {"minmax": "MinMaxScaler", "standard": "StandardScaler"}.get(config.dataset.scaling)
    if name is None:
        return "", []
    lines = (
        f'\nscaler = {name}().fit(parts["train"][0])\n'
        "parts = {part: (scaler.transform(X), y) for part, (X, y) in parts.items()}\n"
    )
    return lines, [f"from sklearn.preprocessing import {name}"]


def _layers(config: RunConfig) -> str:
    sizes, model = config.layer_sizes, config.model
    lines = []
    for n_in, n_out in pairwise(sizes[:-1]):
        lines += [
            f"nn.Linear({n_in}, {n_out}),",
            ACTIVATIONS[model.activation].torch_expression + ",",
        ]
        if model.dropout:
            lines.append(f"nn.Dropout({model.dropout}),")
    lines.append(f"nn.Linear({sizes[-2]}, {sizes[-1]}),")
    return "\n".join(lines)


def _optimizer(config: RunConfig) -> str:
    training = config.training
    entry = OPTIMIZERS[training.optimizer]
    options: dict[str, Any] = entry.arguments(training.learning_rate, training.momentum)
    arguments = [f"{name}={value!r}" for name, value in options.items()]
    call = f"return torch.optim.{entry.torch_class}"
    if not training.weight_decay:
        if entry.name == "adamw":
            arguments.append("weight_decay=0.0")
        return _call(call, ["self.parameters()", *arguments], indent=8)
    return (
        "weights = [p for p in self.parameters() if p.ndim > 1]\n"
        "biases = [p for p in self.parameters() if p.ndim == 1]\n"
        "groups = [\n"
        f'    {{"params": weights, "weight_decay": {training.weight_decay}}},\n'
        '    {"params": biases, "weight_decay": 0.0},\n'
        "]\n"
    ) + _call(call, ["groups", *arguments], indent=8)


def _callbacks(config: RunConfig) -> str:
    patience = config.training.early_stopping_patience
    if not patience:
        return ""
    monitored = "val_loss" if config.dataset.validation_fraction else "train_loss"
    return f'\n    callbacks=[pl.callbacks.EarlyStopping("{monitored}", patience={patience})],'
