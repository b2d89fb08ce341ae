"""A person's learning record, as others read it: statements (xAPI 2.0), a table (CSV) and a transcript (PDF).

What stands in it is chosen once, in ``record``; the forms only write it down. It holds what was done and when. It never
holds what a person wrote, what was right or wrong in a check, who teaches, or who an author is.
"""
