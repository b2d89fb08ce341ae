"""The world of leakcheck: real files, a real queue, a real cache, production's pages, and two pages that break."""

from tests.crash.settings import *  # noqa: F403  settings files are deltas of one another

DEVELOPMENT = False
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "tests.security.breaking_urls"
PUBLIC_URL = "http://testserver"
