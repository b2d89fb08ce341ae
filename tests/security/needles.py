"""What is planted in leakcheck's world, by class of data; and how a needle may look when it comes out again."""

import base64
import hashlib
import html
from collections.abc import Mapping
from urllib.parse import quote, quote_plus

AUTHOR = {"first name": "Mariska", "last name": "Xylographova", "email": "m.xylo@hidden-author.example"}
LEARNER = {
    "first name": "Quillonius",
    "last name": "Zebrawoodson",
    "email": "quillonius.z@learner-post.example",
    "phone": "555-0177-314",
    "case number": "CR-77-QXMARK",
}
NARRATIVE = {
    "reflection": "ultramarinecarrot",
    "reflection draft": "vermilionparsnip",
    "note on a reflection": "ceruleanturnip",
    "check-in": "magentarhubarb",
    "check-in draft": "saffronbeetroot",
    "note on a check-in": "indigocelery",
    "commitment": "chartreuseleek",
    "request to be excused": "aubergineokra",
    "words of a refusal": "umberpumpkin",
    "answer to a warning": "tealartichoke",
    "note to the next facilitator": "russetchicory",
    "words for the authors": "vermilliardendive",
}
# Of a legal demand: sealed, and shown to those who decide and to the person.
DEMAND = {"who demanded": "Vermeerschlawyers", "what was demanded": "periwinklekale"}
STORY = {"what an author typed and did not save": "burgundyshallot"}
NUMBER = "2015550123"  # texted to
ANSWER = {"answer to the court": "turquoiseradish"}  # printed in a released notice, by its author’s wish

Needles = Mapping[str, bytes]


def needles(planted: Mapping[str, str], *, kind: str) -> dict[str, bytes]:
    """Each word as it stands, and as a page, an address, a hash or a code would carry it."""
    found: dict[str, bytes] = {}
    for name, word in planted.items():
        forms = {"": word, "quoted": quote(word, safe=""), "plus": quote_plus(word), "html": html.escape(word)}
        if name == "email":
            forms |= {"local part": word.split("@")[0], "domain": word.split("@")[1]}
        for how, text in forms.items():
            found[f"{kind}: {name} {how}".strip()] = text.encode()
        if name in ("email", "case number", "last name"):
            found |= {f"{kind}: {name} {how}": form for how, form in _hashes(word).items()}
    return found


def _hashes(word: str) -> dict[str, bytes]:
    raw = word.lower().encode()
    hashed = {
        name: hashlib.new(name, raw, usedforsecurity=False).hexdigest().encode() for name in ("md5", "sha1", "sha256")
    }
    return hashed | {
        "base64": base64.b64encode(word.encode()).rstrip(b"="),
        "hex": word.encode().hex().encode(),
        "reversed": word[::-1].encode(),
    }


def seen_in(data: bytes, sought: Needles) -> list[str]:
    """The needles that stand in these bytes, upper or lower case alike."""
    low = data.lower()
    return [name for name, word in sought.items() if word.lower() in low]
