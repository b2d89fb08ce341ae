"""From where: an address with its end cut off. It says which network, not which door."""

import ipaddress

KEPT_BITS = {4: 24, 6: 48}


def truncated(address: str) -> str:
    """``203.0.113.7`` → ``203.0.113.0/24``; an IPv6 address keeps 48 bits. Empty for what is no address."""
    try:
        parsed = ipaddress.ip_address(address.strip().partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network((parsed, KEPT_BITS[parsed.version]), strict=False))
