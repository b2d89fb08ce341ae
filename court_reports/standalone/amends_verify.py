#!/usr/bin/env python3
"""Verify an Amends report without Amends. One file, Python 3.9 or later, the standard library alone.

    python3 amends_verify.py report.pdf 2026-00012.proof.json --heads heads.jsonl

report.pdf   the report as it was received
proof        from /verify/ ("Download the proof"): the report's own lines of the register, and of every line between them
             and a published head the digest alone
heads.jsonl  the published heads of the register (/verify/register/), best a copy that you kept yourself; a text with marks
             as they come by e-mail ("2026-03-21 12:9f3c...") will do as well
--authorities authorities.pem   with pyHanko installed, the signature in the file is verified too

What is compared: the SHA-256 of the file with the report's line; the digest of that line; each hash of the chain with the
one before it, H(previous, line), up to a head; that head with the one you keep. Nothing is sent anywhere.

Ends with 0 genuine, 1 altered or forged, 3 replaced by a later report, 4 revoked, 5 nothing vouches for it (unknown head).
"Genuine" is as of the proof: whether the report was replaced after the proof was made, only the register can say.
"""

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path

FORMAT = "amends-proof/1"
FIELDS = ("position", "kind", "number", "commitment", "file_digest", "filing_digest", "at")
MARK = re.compile(r"\b(\d+):([0-9a-f]{64})\b")
HEX = re.compile(r"[0-9a-f]{64}\Z")
MOST = 1_000_000

GENUINE, ALTERED, FORGED, REPLACED, REVOKED, UNKNOWN_HEAD = (
    "genuine", "altered", "forged", "replaced", "revoked", "unknown_head",
)  # fmt: skip
EXIT = {GENUINE: 0, ALTERED: 1, FORGED: 1, REPLACED: 3, REVOKED: 4, UNKNOWN_HEAD: 5}
WORDS = {
    GENUINE: "GENUINE. This file is report {number}, and the head {head} vouches for it. The proof tells of no later "
    "report and no revocation; whether there was one after the proof was made, only the register can say.",
    ALTERED: "ALTERED. This file is not the one that the proof of report {number} speaks of. Do not rely on it.",
    FORGED: "THE PROOF DOES NOT HOLD. {why}. Do not rely on it.",
    REPLACED: "REPLACED. This file is report {number}. Report {by} has replaced it; rely on that one.",
    REVOKED: "REVOKED. This file is report {number}, which was revoked. Do not rely on it.",
    UNKNOWN_HEAD: "NOTHING VOUCHES FOR IT YET. File and proof of report {number} fit together, but the head {head} is not "
    "among the heads you gave. Get newer heads, or a newer proof a day after the report was released.",
}


class Forged(Exception):
    """The proof does not hold together; says where."""


def line_digest(line):
    """SHA-256 of what a line says alone, hex."""
    said = "\n".join(str(line[name]) for name in FIELDS)
    return hashlib.sha256(f"amends register line\n{said}".encode()).hexdigest()


def chained(previous, line):
    """H(previous, digest of the line), hex."""
    return hashlib.sha256(f"amends register\n{previous}\n{line}".encode()).hexdigest()


def marks_in(text):
    """Heads by position, from heads.jsonl or from any text that holds marks: {12: {"9f3c..."}}."""
    found: dict = {}
    for line in text.splitlines():
        pairs = MARK.findall(line)
        if line.lstrip().startswith("{"):
            said = json.loads(line)
            pairs = [(said["position"], said["hash"])]
        for position, mark in pairs:
            found.setdefault(int(position), set()).add(str(mark))
    return found


def walk(proof):
    """Follow the chain. Returns the report's own lines; raises Forged."""
    lines, first, hashed = proof["lines"], proof["first"], proof["previous"]
    if not (isinstance(first, int) and isinstance(lines, list) and 0 < len(lines) < MOST):
        raise Forged("its lines are not as they should be")
    if not all(isinstance(one, str) and HEX.match(one) for one in [hashed, *lines]):
        raise Forged("a digest is not one")
    own = {line["position"]: line for line in proof["own"]}
    for position, line in own.items():
        if not 0 <= position - first < len(lines) or line_digest(line) != lines[position - first]:
            raise Forged(f"line {position} is not the one in the chain")
    for line in lines:
        hashed = chained(hashed, line)
    head = proof["head"]
    if (head["position"], head["hash"]) != (first + len(lines) - 1, hashed):
        raise Forged("its lines do not lead to the head that it names")
    return own


def judge(digest, proof, heads):
    """What file, proof and heads say together: a word, and what to say it with. ``digest``: of the file, SHA-256, hex."""
    told = {"number": "?", "head": "?", "by": "", "why": ""}
    try:
        if proof["format"] != FORMAT:
            raise Forged("this is not a proof of a report")
        own = walk(proof)
        issued = own[proof["first"]]
        if issued["kind"] != "issued" or issued["number"] != proof["number"]:
            raise Forged("its first line is not the report's own")
    except (Forged, KeyError, TypeError, AttributeError) as problem:
        told["why"] = str(problem) if isinstance(problem, Forged) else "it is not complete"
        return FORGED, told
    head = proof["head"]
    told |= {"number": issued["number"], "head": f"{head['position']}:{head['hash']}"}
    if digest not in (issued["file_digest"], issued["filing_digest"]):
        return ALTERED, told
    known = heads.get(head["position"])
    if known is None:
        return UNKNOWN_HEAD, told
    if head["hash"] not in known:
        told["why"] = f"the head {head['position']} is another one than you keep"
        return FORGED, told
    return later(own, issued, told)


def later(own, issued, told):
    """What the lines after its own say of the report: by its commitment they are known to be about it."""
    mine = [line for line in own.values() if line["commitment"] == issued["commitment"]]
    kinds = {line["kind"]: line for line in mine}
    if "revoked" in kinds:
        return REVOKED, told
    if "replaced" in kinds:
        by = own.get(kinds["replaced"]["position"] - 1)
        told["by"] = by["number"] if by else "(see the register)"
        return REPLACED, told
    return GENUINE, told


def signature(data, authorities, moment):
    """What the signature in the file says, where pyHanko is installed; as of the moment it was released."""
    try:
        from datetime import datetime
        from io import BytesIO

        from pyhanko.keys import load_certs_from_pemder
        from pyhanko.pdf_utils.reader import PdfFileReader
        from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
        from pyhanko_certvalidator import ValidationContext
    except ImportError:
        return "The signature was not verified: pyHanko is not installed (pip install pyhanko)."
    at = datetime.fromisoformat(moment)
    try:
        (found,) = PdfFileReader(BytesIO(data)).embedded_signatures
        context = ValidationContext(
            trust_roots=list(load_certs_from_pemder([authorities])), allow_fetching=False, moment=at,
            best_signature_time=at,
        )  # fmt: skip
        status = validate_pdf_signature(found, context)
        whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
        good = bool(status.intact and status.valid and status.trusted and whole)
    except Exception:  # a hostile file may raise anything
        good = False
    return f"The signature in the file {'holds' if good else 'DOES NOT HOLD'}."


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", type=Path)
    parser.add_argument("proof", type=Path)
    parser.add_argument("--heads", type=Path, help="heads.jsonl, or a text with marks")
    parser.add_argument("--head", action="append", default=[], metavar="N:HASH", help="one head; may be given often")
    parser.add_argument("--authorities", help="certificates of the authorities, PEM")
    options = parser.parse_args(arguments)
    data = options.report.read_bytes()
    text = "\n".join([options.heads.read_text() if options.heads else "", *options.head])
    try:
        proof, heads = json.loads(options.proof.read_text()), marks_in(text)
    except (ValueError, KeyError, TypeError):
        print("The proof or the heads cannot be read.")
        return 1
    answer, told = judge(hashlib.sha256(data).hexdigest(), proof, heads)
    print(WORDS[answer].format(**told))
    if options.authorities and answer not in (ALTERED, FORGED):
        issued = next(line for line in proof["own"] if line["position"] == proof["first"])
        said = signature(data, options.authorities, issued["at"])
        print(said)
        if "NOT HOLD" in said:
            return 1
    return EXIT[answer]


if __name__ == "__main__":
    sys.exit(main())
