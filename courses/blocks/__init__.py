"""The blocks a module is made of: one file each."""

from courses.blocks.audio import AudioBlock
from courses.blocks.commitment import CommitmentBlock
from courses.blocks.grounding_pause import GroundingPauseBlock
from courses.blocks.handout import HandoutBlock
from courses.blocks.knowledge_check import KnowledgeCheckBlock
from courses.blocks.myth_fact import MythFactBlock
from courses.blocks.picture import PictureBlock
from courses.blocks.pull_quote import PullQuoteBlock
from courses.blocks.reflection import ReflectionBlock
from courses.blocks.resources import ResourcesBlock
from courses.blocks.scenario import ScenarioBlock
from courses.blocks.story import StoryBlock
from courses.blocks.text import TextBlock
from courses.blocks.video import VideoBlock

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
    ("picture", PictureBlock()),
    ("handout", HandoutBlock()),
    ("audio", AudioBlock()),
    ("video", VideoBlock()),
]
# Which of them play something that must be readable too.
RECORDINGS = frozenset({"audio", "video"})

__all__ = ["MODULE_BLOCKS", "RECORDINGS"]
