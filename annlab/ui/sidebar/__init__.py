"""The settings in the sidebar."""
