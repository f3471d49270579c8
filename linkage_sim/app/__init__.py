"""The interactive view in a browser: levers, what they change, how sure that is, and why."""
