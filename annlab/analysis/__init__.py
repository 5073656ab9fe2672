"""Analysis of runs: predictions, scores, comparisons and diagnosis."""
