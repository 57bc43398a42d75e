"""The command-line kit: what commands are declared with. Knows no slice."""
