"""Stage 2: files pass desks, wait, are sent back, ranked, approved or rejected."""
