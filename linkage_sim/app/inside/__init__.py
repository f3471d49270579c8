"""Inside one run: what is written down of it, and what the second tab shows of that."""
