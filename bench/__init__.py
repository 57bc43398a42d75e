"""Measurements, as ratios side by side: `python -m bench`, or `make bench`."""
