"""Backup and restore: the data in one place, the keys in another, so that each may live as long as it should.

What a person wrote is sealed with a key of their own. Those keys are left out of the data and written apart,
to be kept thirty days at most: an old copy of the data then opens nothing of somebody who has been forgotten
since (security.md 2.6, invariant 13; docs/decisions/backup.md).
"""
