"""How fast annlab is, as ratios measured in one run: ``python -m tests.benchmarks``.

No figure is asserted: seconds depend on the machine. What makes tables of them is tested.
"""
