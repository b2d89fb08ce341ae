"""The timeline of a case leaves nothing out unsaid: every kind of event is in it, is a reading, or stands elsewhere."""

from lms.casework.timeline import EVENTS
from lms.journal import labels

# Kinds, and families of kinds, that stand in no case's timeline, and why that is right.
ELSEWHERE = {
    # About somebody's case, and for whoever oversees, or for the person, alone.
    "case.": "sealing and forgetting: for the second person and the audit, who must know of it before others do",
    "hold.": "that a case may not be forgotten tells of a lawsuit: for the custodian and the audit",
    "demand.": "what somebody demanded by law: for the custodian and the audit",
    "retention.": "when a case will be forgotten: for the custodian and the audit",
    "copy.": "the person's own copy of their file is theirs",
    "file.": "bytes that were kept or destroyed; what they were for is an event of its own",
    "record.taken": "the person took their own learning record along: theirs",
    "words.": "words for the authors are not part of how somebody is doing; those that threaten are on Today",
    "note.": "notes are lines of their own, for their readers alone",
    "contact.": "attempts to reach somebody are lines of their own",
    "message.": "messages are lines of their own, with what became of them",
    "number.": "how somebody wants to be reached is theirs; staff see it where they write to them",
    "meeting.": "about everybody in a circle; in a case stand joining, leaving and what its commitment counted",
    "account.": "who signed in, from where, and how: for the person and the audit",
    "access.": "who was refused: for the audit",
    # About no case.
    "agreement.": "the program's texts", "policyversion.": "the program's rules", "program.": "the program",
    "court.": "the court", "role.": "who works here", "checkinform.": "the questions for everybody",
    "roster.": "the list of a whole course", "edition.": "the course itself", "page.": "the course itself",
    "picture.": "the course itself", "document.": "the course itself", "courserecording.": "the course itself",
    "question.": "the bank", "topic.": "the bank", "translation.": "the course itself",
    "consent.": "an author's", "story.": "an author's", "identity.": "an author's",
    "backup.": "the service", "journal.": "the journal itself", "keys.": "the service", "service.": "the service",
}  # fmt: skip


def test_every_kind_of_event_is_in_the_timeline_or_stands_elsewhere_for_a_reason():
    shown = tuple(beginning for some in EVENTS.values() for beginning in some)
    hidden = [kind for kind in labels.LABELS if not kind.startswith(shown) and kind not in labels.READS]
    assert [kind for kind in hidden if not kind.startswith(tuple(ELSEWHERE))] == []
    for family in ELSEWHERE:
        assert any(kind.startswith(family) for kind in hidden), f"{family} is no exception any more"
    assert {"transfer.proposed", "transfer.declined", "transfer.withdrawn", "transfer.accepted"}.isdisjoint(hidden)
