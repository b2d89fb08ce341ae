"""What a case is found by, a row for each word: written with the case, and deleted with its words."""

from typing import ClassVar

from django.db import models


class Use(models.TextChoices):
    ORDER = "o", "its place in a list by name"
    FOUND = "f", "a word or a number that finds it"


class SearchKey(models.Model):
    """Bytes of UTF-8, for these are compared byte by byte on both databases, whatever collation either has."""

    referral = models.ForeignKey("referrals.Referral", models.CASCADE, related_name="search_keys", db_index=False)
    court = models.ForeignKey("referrals.Court", models.CASCADE, related_name="+", db_index=False)
    use = models.CharField(max_length=1, choices=Use)
    key = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            # read by whoever narrows a list of cases, and when a case is forgotten
            models.UniqueConstraint(fields=["referral", "use", "key"], name="one_search_key_of_its_kind")
        ]
        indexes: ClassVar = [
            # read by the court's list: by name, and by what is looked for
            models.Index(fields=["court", "use", "key", "referral"], name="found_in_a_court")
        ]
