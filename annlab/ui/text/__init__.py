"""Settings, numbers and verdicts in words."""
