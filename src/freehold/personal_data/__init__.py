"""All that is kept about one person: to be handed out as a file, or erased."""
