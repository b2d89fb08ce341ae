"""ReportLab: facts in, tagged archival bytes out. No database, no clock, no settings, no Django."""
