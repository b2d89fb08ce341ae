"""Every write to a track, one verb each."""
