"""How settings, numbers and verdicts read."""
