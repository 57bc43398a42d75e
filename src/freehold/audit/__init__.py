"""Who did what: every change writes its event in its own transaction."""
