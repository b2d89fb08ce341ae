"""The pages of facilitators, courts, responsible parties, and of anyone with a report in hand."""
