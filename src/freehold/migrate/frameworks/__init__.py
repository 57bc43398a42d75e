"""Histories that other migration tools wrote, made into migration files of this engine."""
