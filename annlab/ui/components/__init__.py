"""Components of annlab's own: JavaScript, and the Python function that draws it."""
