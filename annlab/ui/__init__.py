"""Streamlit building blocks shared by the pages.

Each is imported from its own module: a page draws its frame before it imports what takes a while.
"""
