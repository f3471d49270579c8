"""Stage 4: what is measured, what it scores, and what hangs on it."""
