"""Stage 1: hearing what people need, and choosing what to apply for."""
