"""The machine interface for a court's own systems: `/api/v1/`. It writes through the same actions as the pages do."""
