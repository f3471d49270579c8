"""What is measured, against whom, and how to repeat it: `python -m benchmarks` (see README.md)."""
