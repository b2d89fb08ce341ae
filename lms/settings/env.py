"""Typed readers of the environment; a bad value is refused by its name.

A thin doorway to environs, so that every variable the product reads is found by
searching for ``env.`` in this folder.
"""

from environs import Env

env = Env()
