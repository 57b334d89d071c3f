"""The figures that ``docs/performance.md`` quotes: ``python -m tests.figures.<name>``."""
