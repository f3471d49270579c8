"""The starting state: people, ties and the columns that hold them."""
