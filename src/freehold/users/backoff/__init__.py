"""Slows down whoever guesses passwords, and nobody else."""
