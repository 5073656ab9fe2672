"""Reading files: from the bytes of a file to columns, their roles, and a table."""
