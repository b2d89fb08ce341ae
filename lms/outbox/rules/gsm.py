"""Whether a text fits one short message: 160 characters of the GSM 7-bit alphabet (3GPP TS 23.038). Pure."""

ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
ONE_MESSAGE = 160


def fits(text: str) -> bool:
    """One part, nothing that would be sent as 16-bit characters."""
    return len(text) <= ONE_MESSAGE and not foreign(text)


def foreign(text: str) -> set[str]:
    """The characters that are not of the alphabet."""
    return set(text) - ALPHABET
