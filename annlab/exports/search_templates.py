"""Templates of the scripts that run a search without annlab."""

from string import Template

# Formatted like `ruff format`, which a test checks.
SCRIPT = Template('''\
"""$title: a search with $tool.

Needs $needs.
"""

$imports

# Every network trains all its epochs, so that the configs can be compared.
warnings.filterwarnings("ignore", category=ConvergenceWarning)
N_SEEDS = $n_seeds
FIRST_SEED = $first_seed
MAX_EPOCHS = $max_epochs
ACTIVATIONS = $activations
SOLVERS = $solvers$n_targets


# --- Data ---
$data

# --- Network ---
def network(
    seed,
    epochs,
    *,
$defaults
):
    batch_size = min(batch_size, len(splits["train"][1]))
    return $estimator(
        # Weights start Glorot uniform, whatever annlab's initializer is.
        hidden_layer_sizes=[int(size) for size in hidden_sizes.split("-") if size],
        activation=ACTIVATIONS[activation],
        alpha=$alpha,  # L2
        batch_size=batch_size,
        learning_rate_init=$rate,
        max_iter=epochs,
        n_iter_no_change=epochs,
        random_state=seed,
        **{"momentum": momentum, **SOLVERS[optimizer]},
    )


def scores(settings, split, epochs=MAX_EPOCHS):
    """$score_name of each network on a split."""
    found = []
    for seed in range(FIRST_SEED, FIRST_SEED + N_SEEDS):
        model = network(seed, epochs, **settings)
        X, y = splits["train"]
        try:
            model.fit(X, $target)
        except ValueError:  # diverged: the weights are not finite any more
            found.append($worst)
            continue
        X, y = splits[split]
        found.append($score)
    return found


# --- Search ---
$search

# --- Result ---
for mean, settings in reversed(ranked):  # the best is printed last
    print(f"{mean:.4f}  {settings}")
best = ranked[0][1]
$test
''')

TEST = """\
print(f"test split: {np.mean(scores(best, 'test')):.4f}  {best}")
"""
SKLEARN = """\
$configs
# Epochs, and how many configs train that long: the best after the epochs before.
RUNGS = $rungs

ranked = [(0.0, settings) for settings in CONFIGS]
for epochs, n_configs in RUNGS:
    left = [settings for _, settings in ranked[:n_configs]]
    found = [
        (float(np.mean(scores(settings, "validation", epochs))), settings) for settings in left
    ]
    found.sort(key=lambda pair: pair[0]$reverse)
    ranked = found + ranked[n_configs:]
"""
OPTUNA = """\
$configs


def objective(trial):
    settings = {
$suggestions
    }
$measured


# Prints one line per trial otherwise.
optuna.logging.set_verbosity(optuna.logging.WARNING)
$study
$run
finished = study.get_trials(states=[optuna.trial.TrialState.COMPLETE])
ranked = [(trial.value, trial.params) for trial in finished]
ranked.sort(key=lambda pair: pair[0]$reverse)
"""
MEASURED = """\
    return float(np.mean(scores(settings, "validation")))"""
MEASURED_AT_RUNGS = """\
    for epochs in RUNGS:
        mean = float(np.mean(scores(settings, "validation", epochs)))
        trial.report(mean, epochs)
        # Optuna decides as soon as a config reaches a rung, annlab when all have reached it.
        if epochs < MAX_EPOCHS and trial.should_prune():
            raise optuna.TrialPruned
    return mean"""
