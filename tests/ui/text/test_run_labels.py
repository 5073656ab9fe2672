"""Labels of runs in a list, by which Streamlit tells its entries."""

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.ui.text.run_labels import run_labels
from tests.store.own import make_table

LINE, MLP = RunConfig(), RunConfig(model=ModelConfig(hidden_sizes=(4, 2)))


def _with_rate(rate: float) -> RunConfig:
    training = TrainingConfig(learning_rate=rate)
    return MLP.model_copy(update={"training": training})


def test_data_and_model_name_a_run() -> None:
    name = LINE.dataset.spec.label
    assert list(run_labels([LINE, MLP]).values()) == [
        f"{name}: Logistic regression",
        f"{name}: {MLP.model.label}",
    ]


def test_runs_of_one_model_are_told_apart_by_what_differs() -> None:
    labels = run_labels([_with_rate(0.02), LINE, _with_rate(0.3)])
    name = LINE.dataset.spec.label
    assert list(labels.values()) == [
        f"{name}: {MLP.model.label} · learning rate 0.02",
        f"{name}: Logistic regression",
        f"{name}: {MLP.model.label} · learning rate 0.3",
    ]


def test_files_of_one_name_are_told_apart() -> None:
    runs = [RunConfig(dataset=DatasetConfig(own=make_table(seed).own)) for seed in range(2)]
    labels = run_labels(runs)
    assert len({*labels.values()}) == 2
    for run, label in labels.items():
        assert label == f"leaves.csv: Logistic regression · {run.digest[:6]}"
