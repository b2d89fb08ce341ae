"""Loads the sample course as real pages with real blocks, in both languages. Safe to run again."""

import json
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from wagtail.models import Locale, Page

from courses.actions.authoring import library
from courses.actions.editions import publish_edition
from courses.models import Choice, CoursePage, ModulePage, Question, Topic
from lms.people.models import User
from lms.referrals.models import Agreement, AgreementKind, Program

HERE = Path(__file__).parent
LANGUAGES = ("en", "es")
DRAW = 5
MODULES = 8


@transaction.atomic
def load_sample_course(*, program: Program, by: User | None, now: datetime, first: int = MODULES) -> CoursePage:
    """The ``first`` modules of the sample course of a program, with its bank and first edition.

    A program that has a course keeps the one that is there.
    """
    existing = CoursePage.objects.filter(program=program, locale=_locale("en")).first()
    if existing:
        return existing
    whole = _read("course.toml")
    load_bank(program=program)
    course = _page(CoursePage(title=whole["title"]["en"], slug=program.slug, program=program,
                              introduction=whole["introduction"]["en"], locale=_locale("en")), library("en"))  # fmt: skip
    spanish = _page(CoursePage(title=whole["title"]["es"], slug=program.slug, program=program,
                               introduction=whole["introduction"]["es"], locale=_locale("es"),
                               translation_key=course.translation_key), library("es"))  # fmt: skip
    parents = {"en": course, "es": spanish}
    for source in modules()[:first]:
        _load_module(source, parents, whole)
    publish_edition(course=course, by=by, now=now)
    return course


@transaction.atomic
def load_bank(*, program: Program) -> None:
    """The sample question bank of a program."""
    for source in _read("bank.toml")["question"]:
        topic, _ = Topic.objects.get_or_create(
            program=program, slug=source["topic"], defaults={"title": source["topic"]}
        )
        question, made = Question.objects.get_or_create(
            topic=topic,
            key=source["key"],
            defaults={
                "kind": source["kind"],
                "prompt_en": source["en"],
                "prompt_es": source["es"],
                "accepted_en": "\n".join(source.get("accepted_en", ())),
                "accepted_es": "\n".join(source.get("accepted_es", ())),
                "number": source.get("number"),
                "explanation_en": source["why_en"],
                "explanation_es": source["why_es"],
            },
        )
        if made:
            Choice.objects.bulk_create(
                Choice(
                    question=question,
                    sort_order=order,
                    key=c["key"],
                    text_en=c["en"],
                    text_es=c["es"],
                    correct=c.get("correct", False),
                    partner_en=c.get("partner_en", ""),
                    partner_es=c.get("partner_es", ""),
                )
                for order, c in enumerate(source.get("choices", ()))
            )


def load_sample_agreements(*, program: Program) -> None:
    """Version 1 of both agreements, in both languages."""
    whole = _read("course.toml")
    for kind in AgreementKind:
        for language in LANGUAGES:
            Agreement.objects.get_or_create(
                program=program,
                kind=kind,
                version=1,
                language=language,
                defaults={"title": whole[kind][f"title_{language}"], "body": whole[kind][language]},
            )


def modules() -> list[dict[str, Any]]:
    """The module sources, in order."""
    return [_read(f"modules/{number}.toml") for number in range(1, MODULES + 1)]


def blocks(source: dict[str, Any], language: str, whole: dict[str, Any]) -> list[dict[str, Any]]:
    """A module's blocks in one language. A block has the same id in both, so that a switch keeps the place."""
    return [
        {
            "id": str(uuid5(NAMESPACE_URL, f"amends:sample:{source['slug']}:{block['key']}")),
            "type": block["type"],
            "value": _value(block, language, whole),
        }
        for block in source["block"]
    ]


def _value(block: dict[str, Any], language: str, whole: dict[str, Any]) -> Any:
    match block["type"]:
        case "text":
            return block[language]
        case "grounding_pause":
            return {"words": block[language]}
        case "story":
            return block[language] | {"kind": "sample", "sample": True, "byline": ""}
        case "myth_fact":
            return {"rows": [{"myth": row[language][0], "fact": row[language][1]} for row in block["rows"]]}
        case "knowledge_check":
            return {"title": block[language], "topic": block["topic"], "draw": DRAW}
        case "reflection":
            return {
                "prompt": block[language],
                "minimum_words": block["words"],
                "who_reads": whole["who_reads"][language],
            }
        case "scenario":
            choices = [
                {"label": c[language][0], "consequence": c[language][1], "better": c["better"]}
                for c in block["choices"]
            ]
            return {"situation": block[language], "choices": choices}
        case "commitment":
            return {"prompt": block[language][0], "examples": block[language][1:]}
        case "resources":
            return {"items": _resources(whole["resources"], language) + _sources(block, language)}
    raise ValueError(f"no such block: {block['type']}")


def _resources(source: dict[str, list[str]], language: str) -> list[dict[str, str]]:
    rows = zip(source[f"name_{language}"], source[f"detail_{language}"], source["phone"], source["url"], strict=True)
    return [{"name": name, "detail": detail, "phone": phone, "url": url} for name, detail, phone, url in rows]


def _sources(block: dict[str, Any], language: str) -> list[dict[str, str]]:
    """Where the facts of a module come from."""
    rows = (source[language] for source in block.get("sources", []))
    return [{"name": name, "detail": detail, "phone": "", "url": ""} for name, detail in rows]


def _load_module(source: dict[str, Any], parents: dict[str, CoursePage], whole: dict[str, Any]) -> None:
    key = None
    for language in LANGUAGES:
        page = ModulePage(
            title=source["title"][language],
            slug=source["slug"],
            summary=source["summary"][language],
            goals=source["goals"][language],
            minimum_minutes=source["minutes"],
            locale=_locale(language),
        )
        page.body = ModulePage._meta.get_field("body").to_python(_json(blocks(source, language, whole)))
        if key:
            page.translation_key = key
        key = _page(page, parents[language]).translation_key


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _page(page: Any, parent: Page) -> Any:
    parent.refresh_from_db()
    parent.add_child(instance=page)
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def _locale(language: str) -> Locale:
    return Locale.objects.get_or_create(language_code=language)[0]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))
