"""Streamlit building blocks shared by the pages.

Import each from its own module: a page draws its title and navigation before slow imports.
"""
