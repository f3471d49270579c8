"""Who decides: residents, volunteers, committee, organizations, workers, officials, evaluators."""
