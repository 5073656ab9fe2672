"""annlab's own experiment about inputs that also go straight to the output."""

from annlab.lessons.experiment import Claim, Experiment, bench_runs

WIDE_AND_DEEP = (
    Experiment(
        page="regression",
        name="wide_and_deep",
        title="Deep, wide, or both?",
        question="Eight numbers about a district. A is an MLP and B a plane; C is both, added up "
        "and trained together: its inputs also go straight to the output (Network). Which is "
        "ahead on districts that no model has seen, and do the direct connections help?",
        runs=bench_runs(
            {
                "name": "california_housing",
                "test_fraction": 0.2,
                "validation_fraction": 0.2,
                "scaling": "standard",
            },
            {"max_epochs": 60, "n_seeds": 10, "learning_rate": 0.003, "batch_size": 256},
            {"hidden_sizes": (30, 30)},
            {"hidden_sizes": ()},
            {"hidden_sizes": (30, 30), "wide": True},
        ),
        claims=(
            Claim(0, 1, "mse", "test", by=0.2, in_networks=10),
            Claim(2, 1, "mse", "test", by=0.2, in_networks=10),
            Claim(2, 0, "mse", "test", by=0.02, in_networks=9, level=True),
        ),
    ),
)
