"""Export of a run as a plain Keras 3 script that does not need annlab."""

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

Needs $needs. Keras computes with TensorFlow, JAX or PyTorch: the environment
variable KERAS_BACKEND says with which ("tensorflow", "jax", "torch").
"""

$imports

SEED = $seed  # $which_seed
keras.utils.set_random_seed(SEED)


# --- Data ---
$data

def arrays(split):
    X, y = splits[split]
    return X.astype("float32"), $target


# --- Network ---
${definition}def dense(${sizes}):
    return keras.layers.Dense(
        n_out,
$dense
    )


layers = keras.Sequential(
    [
        keras.Input(shape=($n_features,)),
$layers
    ]
)
network = keras.Sequential([layers, $output])


# --- Training ---
$optimizer
loss = $loss
$compile
$early_stopping$trained.fit(
    *arrays("train"),
    batch_size=$batch_size,
    epochs=$max_epochs,$validation_data$callbacks
    verbose=2,
)

# --- Score ---
X, y = arrays("$scored")
output = network.predict(X, verbose=0)
$score
''')

_PHRASES = script.Phrases(
    targets={
        "binary": 'y[:, None].astype("float32")',
        "multiclass": "y",
        "regression": 'y[:, None].astype("float32")',
    },
    columns={"multiclass": "keras.utils.to_categorical(y, $n_outputs)"},
    scaled_target='((y[:, None] - target_mean) / target_scale).astype("float32")',
    scores={
        "binary": ("accuracy", "((output >= 0.5) == (y >= 0.5)).mean()"),
        "multiclass": ("accuracy", "(output.argmax(-1) == $classes).mean()"),
        "regression": ("mse", "((output - y) ** 2).mean()"),
    },
)


def keras_script(config: RunConfig) -> str:
    """Return a Keras script that trains one network of a run and prints the score.

    Parameters
    ----------
    config : RunConfig
        Config of the run.

    Returns
    -------
    str
        Python source. The script draws different random numbers than annlab, so scores agree
        within the spread over seeds. Adam in Keras scales epsilon (1e-8) slightly differently in
        the first steps, and Nadam has another momentum schedule. Keras chooses the device.
    """
    model, training = config.model, config.training
    loss = LOSSES[config.loss]
    trained = "layers" if loss.canonical else "network"
    data = script.data_section(config)
    activation = ACTIVATIONS[model.activation]
    return _SCRIPT.substitute(
        title=script.title(config),
        needs=script.needed(["keras"], data.imports),
        imports=script.sorted_imports(["import keras", *data.imports]),
        seed=training.seed,
        which_seed=script.which_seed(config),
        data=data.text,
        target=_PHRASES.target(config),
        definition=activation.code.keras_definition if model.hidden_sizes else "",
        sizes="n_in, n_out" if INITIALIZERS[model.init].draws_biases else "n_out",
        dense=textwrap.indent("\n".join(_dense(config)), " " * 8),
        n_features=config.architecture.n_features,
        layers=textwrap.indent("\n".join(_layers(config)), " " * 8),
        output=ACTIVATIONS[config.output_activation].code.keras,
        optimizer=_optimizer(config),
        loss=loss.keras_loss + ("  # so of `layers` alone" if loss.canonical else ""),
        trained=trained,
        compile=_compile(config, trained),
        batch_size=training.batch_size,
        max_epochs=training.max_epochs,
        early_stopping=_early_stopping(config),
        validation_data=script.watched(config, 'validation_data=arrays("{}"),'),
        callbacks=("\n    callbacks=[early_stopping]," if training.early_stopping_patience else ""),
        scored=scored_split(config.sizes.splits),
        score=_PHRASES.score(config),
    )


def _adds_to_the_loss(config: RunConfig) -> bool:
    """Whether the loss includes an L2 penalty on the weights."""
    training = config.training
    return bool(training.weight_decay) and not OPTIMIZERS[training.optimizer].decouples_weight_decay


def _watches_the_loss_alone(config: RunConfig) -> bool:
    """Whether early stopping must monitor the loss without the L2 penalty."""
    return bool(config.training.early_stopping_patience) and _adds_to_the_loss(config)


def _dense(config: RunConfig) -> list[str]:
    """Arguments shared by all dense layers, one per line."""
    init, weight_decay = INITIALIZERS[config.model.init], config.training.weight_decay
    lines = [f"kernel_initializer={init.keras_kernel},"]
    if init.draws_biases:
        lines.append(f"bias_initializer={init.keras_bias},")
    if _adds_to_the_loss(config):
        lines += [
            "# Half of w², so that its slope is w.",
            f"kernel_regularizer=keras.regularizers.L2({weight_decay} / 2),",
        ]
    return lines


def _layers(config: RunConfig) -> list[str]:
    model = config.model
    with_inputs = INITIALIZERS[model.init].draws_biases
    dense = [
        f"dense({n_in}, {n_out})," if with_inputs else f"dense({n_out}),"
        for n_in, n_out in config.architecture.layers
    ]
    lines = []
    for layer in dense[:-1]:
        lines += [layer, ACTIVATIONS[model.activation].code.keras + ","]
        if model.dropout:
            lines.append(f"keras.layers.Dropout({model.dropout}),")
    return [*lines, dense[-1]]


def _optimizer(config: RunConfig) -> str:
    training = config.training
    entry = OPTIMIZERS[training.optimizer]
    arguments = entry.keras_arguments(training)
    if entry.decouples_weight_decay:
        arguments["weight_decay"] = training.weight_decay
    lines = [f"# {line}" for line in textwrap.wrap(entry.keras_note, script.LINE_LENGTH - 2)]
    lines.append(
        script.call(f"optimizer = keras.optimizers.{entry.keras_class}", script.keywords(arguments))
    )
    if entry.decouples_weight_decay and training.weight_decay:
        lines.append('optimizer.exclude_from_weight_decay(var_names=["bias"])')
    return "\n".join(lines)


def _compile(config: RunConfig, trained: str) -> str:
    arguments = ["optimizer", "loss"]
    if _watches_the_loss_alone(config):
        arguments.append('metrics=[keras.metrics.MeanMetricWrapper(loss.call, name="loss_alone")]')
    return script.call(f"{trained}.compile", arguments)


def _early_stopping(config: RunConfig) -> str:
    patience = config.training.early_stopping_patience
    if not patience:
        return ""
    # Keras calls every measurement after an epoch "validation", also on the training split.
    loss = "val_loss_alone" if _watches_the_loss_alone(config) else "val_loss"
    arguments = [f'"{loss}"', 'mode="min"', f"patience={patience}", "restore_best_weights=True"]
    return script.call("early_stopping = keras.callbacks.EarlyStopping", arguments) + "\n"
