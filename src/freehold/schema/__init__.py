"""What a database is made of, as a document: read from its catalog, drawn, and written in four formats."""
