"""Export of a run as a plain Keras 3 script that does not need annlab."""

import textwrap
from collections.abc import Iterator, Sequence
from string import Template

from annlab.config import RunConfig, TrainingConfig
from annlab.datasets import scored_split
from annlab.exports import script, start, wide
from annlab.exports.class_weights import weights_section
from annlab.exports.literals import LINE_LENGTH
from annlab.exports.phrases import Phrases
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.initializers import INITIALIZERS
from annlab.nn.losses import LOSSES
from annlab.nn.optimizers import OPTIMIZERS
from annlab.nn.schedules import SCHEDULES

# Formatted like `ruff format`, which a test checks.
_SCRIPT = Template('''\
"""$title.

$about
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


$layers${set_start}${scaling}network = keras.Sequential([layers, $output])


# --- Training ---
$optimizer
loss = $loss
$compile
$early_stopping$schedule$trained.fit(
    *arrays("train"),
    batch_size=$batch_size,
    epochs=$max_epochs,$class_weight$validation_data$callbacks
    verbose=2,
)

# --- Score ---
X, y = arrays("$scored")
output = network.predict(X, verbose=0)
$score
''')

_ABOUT = (
    "Needs {}. Keras computes with TensorFlow, JAX or PyTorch: the environment variable "
    'KERAS_BACKEND says with which ("tensorflow", "jax", "torch").'
)
_SCALING = """layers.set_weights([{} * values for values in layers.get_weights()])
"""
_WATCHED = 'validation_data=arrays("{}"),'
# Keras gives the validation split no class weights, only weights of its samples.
_WEIGHED = 'validation_data=(*arrays("{0}"), np.take(class_weights, splits["{0}"][1])),'
_CLIPS_L2 = (
    "Keras clips the gradient with its L2 part, annlab and PyTorch without it, so scores differ."
)

_PHRASES = Phrases(
    classes="y",
    class_columns="keras.utils.to_categorical(y, $n_outputs)",
    columns='y$new_axis.astype("float32")',
    scaled_columns='((y$new_axis - target_mean) / target_scale).astype("float32")',
    several_scales="",
    mean=".mean()",
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
    data, schedule = script.data_section(config), _schedule(config)
    weights = weights_section(config)
    watched = script.watched(config, _WEIGHED if weights.text else _WATCHED)
    activation = ACTIVATIONS[model.activation]
    build = wide.keras_layers if config.architecture.has_skip else _in_sequence
    more = [start.KERAS_IMPORT] if model.initial_weights else []
    more += ["import math"] if "math." in schedule else []
    more += ["import numpy as np"] if "np." in watched else []
    return _SCRIPT.substitute(
        title=script.title(config),
        about=textwrap.fill(_ABOUT.format(script.needed(["keras"], data.imports)), LINE_LENGTH),
        imports=script.sorted_imports(["import keras", *more, *data.imports, *weights.imports]),
        seed=training.seed,
        which_seed=script.which_seed(config),
        data=data.text + weights.text,
        target=_PHRASES.target(config),
        definition=start.start_text(config)
        + (activation.code.keras_definition if model.hidden_sizes else ""),
        set_start=start.KERAS if model.initial_weights else "",
        sizes="n_in, n_out" if INITIALIZERS[model.init].draws_biases else "n_out",
        dense=textwrap.indent("\n".join(_dense(config)), " " * 8),
        layers=build(_layers(config), config.architecture.n_inputs),
        scaling=(
            _SCALING.format(model.init_scale)
            if model.init_scale != 1 and not model.initial_weights
            else ""
        ),
        output=ACTIVATIONS[config.output_activation].code.keras,
        optimizer=_optimizer(config),
        loss=loss.keras_loss + ("  # so of `layers` alone" if loss.canonical else ""),
        trained=trained,
        compile=_compile(config, trained),
        batch_size=training.batch_size,
        max_epochs=training.max_epochs,
        early_stopping=_early_stopping(config),
        schedule=schedule,
        class_weight="\n    class_weight=dict(enumerate(class_weights))," if weights.text else "",
        validation_data=watched,
        callbacks=_callbacks(training),
        scored=scored_split(config.sizes.splits),
        score=_PHRASES.score(config),
    )


def _adds_to_the_loss(config: RunConfig) -> bool:
    """Whether the loss includes an L1 or L2 penalty on the weights."""
    return bool(_penalties(config.training))


def _penalties(training: TrainingConfig) -> dict[str, str]:
    """Strengths of the penalties in the loss, by their names in Keras."""
    strengths = {}
    if training.l1:
        strengths["l1"] = str(training.l1)
    if training.weight_decay and not OPTIMIZERS[training.optimizer].decouples_weight_decay:
        strengths["l2"] = f"{training.weight_decay} / 2"
    return strengths


def _watches_the_loss_alone(config: RunConfig) -> bool:
    """Whether early stopping must monitor the loss without a penalty."""
    return bool(config.training.early_stopping_patience) and _adds_to_the_loss(config)


def _dense(config: RunConfig) -> list[str]:
    """Arguments shared by all dense layers, one per line."""
    init, strengths = INITIALIZERS[config.model.init], _penalties(config.training)
    lines = [f"kernel_initializer={init.keras_kernel},"]
    if init.draws_biases:
        lines.append(f"bias_initializer={init.keras_bias},")
    if "l2" in strengths:
        lines.append("# Half of w², so that its slope is w.")
    if strengths:
        arguments = ", ".join(f"{name}={strength}" for name, strength in strengths.items())
        name = "".join(strengths).upper()
        lines.append(f"kernel_regularizer=keras.regularizers.{name}({arguments}),")
    return lines


def _layers(config: RunConfig) -> list[str]:
    """Expressions of the layers, each with its activation and dropout behind it."""
    model = config.model
    with_inputs = INITIALIZERS[model.init].draws_biases
    dense = [
        f"dense({n_in}, {n_out})" if with_inputs else f"dense({n_out})"
        for n_in, n_out in config.architecture.layers
    ]
    lines = []
    for layer in dense[:-1]:
        lines += [layer, ACTIVATIONS[model.activation].code.keras]
        if model.dropout:
            lines.append(f"keras.layers.Dropout({model.dropout})")
    return [*lines, dense[-1]]


def _in_sequence(layers: Sequence[str], n_inputs: int) -> str:
    """Lines that build the layers one after another; parameters as for `wide.keras_layers`."""
    lines = "\n".join(f"{layer}," for layer in (f"keras.Input(shape=({n_inputs},))", *layers))
    return f"layers = keras.Sequential(\n    [\n{textwrap.indent(lines, ' ' * 8)}\n    ]\n)\n"


def _optimizer(config: RunConfig) -> str:
    training = config.training
    entry = OPTIMIZERS[training.optimizer]
    arguments = entry.keras_arguments(training)
    if entry.decouples_weight_decay:
        arguments["weight_decay"] = training.weight_decay
    if training.clip_norm:
        arguments["global_clipnorm"] = training.clip_norm
    lines = [
        f"# {line}"
        for note in _differences(training)
        for line in textwrap.wrap(note, LINE_LENGTH - 2)
    ]
    lines.append(
        script.call(f"optimizer = keras.optimizers.{entry.keras_class}", script.keywords(arguments))
    )
    if entry.decouples_weight_decay and training.weight_decay:
        lines.append('optimizer.exclude_from_weight_decay(var_names=["bias"])')
    return "\n".join(lines)


def _differences(training: TrainingConfig) -> Iterator[str]:
    """Why scores of the script differ from those of annlab."""
    entry = OPTIMIZERS[training.optimizer]
    yield entry.keras_note
    if SCHEDULES[training.schedule].torch_class:
        yield entry.keras_schedule_note
    if training.clip_norm and "l2" in _penalties(training):
        yield _CLIPS_L2


def _compile(config: RunConfig, trained: str) -> str:
    arguments = ["optimizer", "loss"]
    if _watches_the_loss_alone(config):
        arguments.append('metrics=[keras.metrics.MeanMetricWrapper(loss.call, name="loss_alone")]')
    return script.call(f"{trained}.compile", arguments)


def _schedule(config: RunConfig) -> str:
    """Lines that change the learning rate per epoch; empty if it is constant."""
    training = config.training
    entry = SCHEDULES[training.schedule]
    if not entry.torch_class:
        return ""
    rate = f"lambda epoch: {training.learning_rate} * {entry.factor_in_python(training)}"
    return script.call("schedule = keras.callbacks.LearningRateScheduler", [rate]) + "\n"


def _callbacks(training: TrainingConfig) -> str:
    names = []
    if training.early_stopping_patience:
        names.append("early_stopping")
    if SCHEDULES[training.schedule].torch_class:
        names.append("schedule")
    return f"\n    callbacks=[{', '.join(names)}]," if names else ""


def _early_stopping(config: RunConfig) -> str:
    patience = config.training.early_stopping_patience
    if not patience:
        return ""
    # Keras calls every measurement after an epoch "validation", also on the training split.
    loss = "val_loss_alone" if _watches_the_loss_alone(config) else "val_loss"
    arguments = [f'"{loss}"', 'mode="min"', f"patience={patience}", "restore_best_weights=True"]
    return script.call("early_stopping = keras.callbacks.EarlyStopping", arguments) + "\n"
