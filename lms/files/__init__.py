"""Uploads: what may come in, how it is cleaned, and where the bytes lie, sealed."""
