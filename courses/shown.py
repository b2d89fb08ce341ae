"""What a learner is shown: the blocks of one page, from the revision that the edition pinned."""

from typing import Any

from wagtail.blocks import StreamValue

from courses.models import EditionModule, ModulePage

ACTIVITIES = frozenset({"knowledge_check", "reflection", "scenario"})


def blocks_of_step(module: EditionModule, step: int, language: str, answers: dict[str, Any]) -> list[dict[str, Any]]:
    """The blocks of page ``step`` (from 1), each with what the person did in it.

    Both languages share block ids, so a switch of language keeps the place.
    """
    wanted = module.steps[step - 1]
    by_id = {str(block.id): block for block in body(module, language)}
    return [_shaped(by_id[block_id], answers) for block_id in wanted if block_id in by_id]


def block(module: EditionModule, block_id: object, language: str) -> Any:
    """One block of a module, or None."""
    return next((b for b in body(module, language) if str(b.id) == str(block_id)), None)


def body(module: EditionModule, language: str) -> StreamValue:
    """The module's content in one language, as pinned."""
    stream = ModulePage._meta.get_field("body")
    return stream.to_python(module.revision(language).content["body"])


def _shaped(block: Any, answers: dict[str, Any]) -> dict[str, Any]:
    block_id = str(block.id)
    shaped = {"block": block, "id": block_id, "kind": block.block_type, "activity": block.block_type in ACTIVITIES}
    if block.block_type == "knowledge_check":
        shaped["passed"] = block_id in answers["passed"]
    elif block.block_type == "reflection":
        shaped["reflection"] = answers["sent"].get(block_id)
    elif block.block_type == "scenario" and block_id in answers["chosen"]:
        choices = list(block.value["choices"])
        number = answers["chosen"][block_id]
        shaped["chosen"] = choices[number] if number < len(choices) else None
    return shaped
