"""Stage 3: tender, contract, the week's work, mid-term, and the end of a contract."""
