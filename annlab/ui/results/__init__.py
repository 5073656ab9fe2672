"""Results of finished runs: scores, plots, curves, verdicts, panels."""
