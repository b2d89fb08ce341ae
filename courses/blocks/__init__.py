"""The blocks a module is made of: one file each."""

from courses.blocks.commitment import CommitmentBlock
from courses.blocks.grounding_pause import GroundingPauseBlock
from courses.blocks.knowledge_check import KnowledgeCheckBlock
from courses.blocks.myth_fact import MythFactBlock
from courses.blocks.pull_quote import PullQuoteBlock
from courses.blocks.reflection import ReflectionBlock
from courses.blocks.resources import ResourcesBlock
from courses.blocks.scenario import ScenarioBlock
from courses.blocks.story import StoryBlock
from courses.blocks.text import TextBlock

MODULE_BLOCKS = [
    ("text", TextBlock()),
    ("story", StoryBlock()),
    ("myth_fact", MythFactBlock()),
    ("pull_quote", PullQuoteBlock()),
    ("knowledge_check", KnowledgeCheckBlock()),
    ("reflection", ReflectionBlock()),
    ("scenario", ScenarioBlock()),
    ("commitment", CommitmentBlock()),
    ("resources", ResourcesBlock()),
    ("grounding_pause", GroundingPauseBlock()),
]

__all__ = ["MODULE_BLOCKS"]
