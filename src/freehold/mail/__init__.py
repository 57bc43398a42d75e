"""Mail: written with the change that it speaks of, delivered afterwards."""
