"""Assembles the slices into the server: application, workers, metrics, documentation."""
