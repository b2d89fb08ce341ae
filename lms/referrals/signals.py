"""What product apps may hear of a case, without being known here."""

from django.dispatch import Signal

# Sent inside the transaction that accepts the agreements; arguments: referral, by, now, reads (the person's language)
# and instead (another that they begin in).
enrolled = Signal()

# Sent inside the transaction that ends a case; arguments: referral, outcome, by, now.
closed = Signal()

# Sent inside the transaction in which another program takes a case; arguments: referral, transfer, by, now.
transferred = Signal()
