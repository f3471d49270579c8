"""What a person writes: scenario files, their schema, overrides and clear errors."""
