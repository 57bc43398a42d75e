"""The HTTP kit: what routes are declared with and answered by. Knows no slice."""
