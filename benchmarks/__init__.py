"""Measures dockopt's speed beside its peers: `python -m benchmarks` prints one table."""
