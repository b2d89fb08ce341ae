"""What product apps may hear of a case, without being known here."""

from django.dispatch import Signal

# Sent inside the transaction that accepts the agreements; arguments: referral, by, now.
enrolled = Signal()

# Sent inside the transaction that ends a case; arguments: referral, outcome, by, now.
closed = Signal()
