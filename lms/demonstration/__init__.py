"""Living cases through the same actions that the pages call: for the demonstration and the journey.

Part of the composition root: it may know every app; nobody imports it but commands and tests.
"""
