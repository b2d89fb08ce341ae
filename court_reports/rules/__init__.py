"""When a report is due, and what stands in its way. Pure: no Django, no clock."""
