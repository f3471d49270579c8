"""What happens between actors: one package a stage of the purchase cycle."""
