"""Kinds of question that are asked of the model: one run, a comparison, and where results go."""
