"""Taking back a change of address, by whoever has the address from before."""
