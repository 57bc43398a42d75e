"""Holds the lines of a file in a temporary table, compares them with what is there, and stores them."""
