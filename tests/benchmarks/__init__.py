"""How fast annlab is, as ratios measured in one run: ``python -m tests.benchmarks``.

Nothing here is asserted, and pytest collects none of it: seconds depend on the machine.
"""
