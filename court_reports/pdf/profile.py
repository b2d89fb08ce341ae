"""The two files that one report becomes. The only switch between them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """What a file claims to be (ISO 19005 part and level), and whether it carries its facts."""

    name: str
    part: int
    attach_facts: bool


ARCHIVAL = Profile("archival", part=3, attach_facts=True)  # PDF/A-3a + PDF/UA-1, signed afterwards
FILING = Profile("filing", part=2, attach_facts=False)  # PDF/A-2a + PDF/UA-1, for portals that refuse more
