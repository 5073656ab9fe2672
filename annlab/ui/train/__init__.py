"""Starting, stopping and watching trainings."""
