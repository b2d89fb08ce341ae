"""Where a sign-in came from, said so coarsely that it names a network and a kind of device, nobody. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network

KEPT_OF_V4, KEPT_OF_V6 = 24, 48
# Two sign-ins as close as this, from other networks on other devices, are worth a look and no more.
AT_ONCE = timedelta(minutes=15)
FAR_V4, FAR_V6 = 16, 32

# The first that stands in the browser's sentence wins: Edge says Chrome too, and Chrome says Safari.
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


@dataclass(frozen=True, slots=True)
class From:
    """One sign-in: when, on what, from which network."""

    at: datetime
    device: str
    origin: str


def network_of(address: str) -> str:
    """``203.0.113.77`` → ``203.0.113.0/24``; an IPv6 address its first 48 bits; nonsense → nothing."""
    return _network(address, KEPT_OF_V4, KEPT_OF_V6)


def device_of(user_agent: str) -> str:
    """``Android, Chrome``: what a person recognizes; nothing when it is not known."""
    found = (next((name for sign, name in signs if sign in user_agent), "") for signs in (SYSTEMS, BROWSERS))
    return ", ".join(part for part in found if part)


def far_apart(new: From, before: Iterable[From]) -> bool:
    """Whether another sign-in minutes before came from elsewhere on another device.

    A phone between wireless and mobile changes its network, and a person may own two devices: both must differ.
    """
    return any(
        timedelta(0) <= new.at - other.at <= AT_ONCE
        and new.device != other.device
        and bool(new.origin and other.origin)
        and _wide(new.origin) != _wide(other.origin)
        for other in before
    )


def _wide(network: str) -> str:
    return _network(network.partition("/")[0], FAR_V4, FAR_V6)


def _network(address: str, of_v4: int, of_v6: int) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    kept = of_v4 if isinstance(known, IPv4Address) else of_v6
    return str(ip_network(f"{known}/{kept}", strict=False))
