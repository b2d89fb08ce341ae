"""What may stand in the journal: plain Python."""
