"""Pictures and stories made of results; nothing here changes a number."""
