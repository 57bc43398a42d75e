"""Values and words that everything else is made of; imports nothing else of Freehold."""
