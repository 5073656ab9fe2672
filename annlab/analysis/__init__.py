"""Numbers computed from runs: predictions, scores, comparisons, findings."""
