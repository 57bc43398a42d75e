"""Knows which mailed tokens were used lately, so that a second click is answered as done."""
