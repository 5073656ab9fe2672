"""The page that compares stored runs."""
