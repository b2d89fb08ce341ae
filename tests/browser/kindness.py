"""What every page owes its reader, measured in real Chromium.

``problems(page, language=…)`` returns one line for each thing a page gets wrong; no line, no wrong.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"width": 390, "height": 844}
# WCAG 1.4.10: a window of 1280 px at 400 % is 320 px wide.
NARROWEST = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}

# Everything the Tab key should stop at, in words of the page. A group of radios is one stop.
STOPS = """() => {
  const shown = (e) => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: false });
  const stops = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]"
  )].filter((e) => e.tabIndex >= 0 && !e.disabled && shown(e) && !e.closest("[inert]"));
  const groups = new Set();
  return stops.filter((e) => {
    if (e.type !== "radio") return true;
    if (groups.has(e.name)) return false;
    groups.add(e.name);
    return true;
  }).length;
}"""

# What has the focus now: a name to recognize it by, and whether the eye can see where it is.
HERE = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const ringed = (style) =>
    (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  const label = e.labels && e.labels[0];
  const seen = ringed(getComputedStyle(e)) || (label && ringed(getComputedStyle(label, "::before")));
  const all = [...document.querySelectorAll("*")];
  const key = e.type === "radio" ? `radio ${e.name}` : all.indexOf(e);
  return { key, seen: Boolean(seen), what: e.outerHTML.slice(0, 90) };
}"""


def assert_page_is_kind(page: Page, *, language: str = "en") -> None:
    """Fail with every problem of the page at once."""
    found = problems(page, language=language)
    assert found == [], "\n" + "\n".join(found)


# A message that fades in is paler than it will be: it begins to be shown, and what moves comes to its end.
SHOWN = """() => [...document.querySelectorAll('.messages > ul:has(> li)')]
  .every(each => getComputedStyle(each).opacity === "1")"""
STILL = """() => Promise.all(document.getAnimations()
  .filter(each => each.playState === "running" && Number.isFinite(each.effect.getComputedTiming().endTime))
  .map(each => each.finished.catch(() => null)))"""


def problems(page: Page, *, language: str = "en") -> list[str]:
    """Each thing this page gets wrong, in one line each."""
    page.wait_for_function(SHOWN)
    page.evaluate(STILL)
    found = [
        *_language(page, language),
        *_outline(page),
        *_width(page),
        *_axe(page),
        *_dark(page),
        # Last: walking by keyboard opens hints that then fade away.
        *_keyboard(page),
    ]
    address = urlsplit(page.url).path
    return [f"{address} ({language}): {line}" for line in found]


def problems_of_a_dialog(page: Page) -> list[str]:
    """The same of a page over which a dialog stands: what lies behind it cannot be reached, and need not be."""
    return [*_width(page), *_axe(page)]


def _language(page: Page, language: str) -> list[str]:
    lang = page.locator("html").get_attribute("lang")
    return [] if lang == language else [f"says its language is {lang!r}"]


def _outline(page: Page) -> list[str]:
    headings = page.locator("h1").count()
    title = page.title()
    found = [] if headings == 1 else [f"has {headings} first-level headings"]
    return (
        found
        if title.strip(" –-").removesuffix("Amends").strip(" –-")
        else [*found, f"has no title of its own: {title!r}"]
    )


def _width(page: Page) -> list[str]:
    found = []
    for size in (PHONE, NARROWEST):
        page.set_viewport_size(size)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size["width"]:
            found.append(f"is {wide} px wide in a window of {size['width']}: {page.evaluate(_WIDEST)}")
    page.set_viewport_size(PHONE)
    return found


_WIDEST = """() => [...document.querySelectorAll("body *")]
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(-2).map((e) => e.outerHTML.slice(0, 80)).join(" | ")"""


@cache
def _axe_source() -> str:
    return AXE.read_text()


def _axe(page: Page, rules: list[str] | None = None) -> list[str]:
    page.evaluate("() => {" + _axe_source() + "}")
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    if rules:
        options = {"runOnly": {"type": "rule", "values": rules}, "resultTypes": ["violations"]}
    found = page.evaluate(f"async () => (await axe.run(document, {json.dumps(options)})).violations")
    return [
        f"axe {rule['id']}: {rule['help']}: {node['html'][:140]} {_why(node)}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


def _why(node: dict[str, Any]) -> str:
    return "; ".join(check["message"] for check in [*node["any"], *node["all"], *node["none"]][:1])


def _dark(page: Page) -> list[str]:
    page.emulate_media(color_scheme="dark")
    found = _axe(page, ["color-contrast"])
    page.emulate_media(color_scheme="light")
    return [f"in the dark: {line}" for line in found]


def _keyboard(page: Page) -> list[str]:
    """Tab from the top: every stop is reached, and one can see where one is."""
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    expected = page.evaluate(STOPS)
    reached: dict[str, dict[str, Any]] = {}
    page.evaluate("() => { const a = document.body; a.tabIndex = -1; a.focus(); a.removeAttribute('tabindex'); }")
    last = None
    # A date is one control with several stops inside: month, day, year, calendar.
    for _ in range(expected * 4 + 2):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None or (str(here["key"]) in reached and here["key"] != last):
            break
        last = here["key"]
        reached[str(last)] = here
    found = [f"the focus cannot be seen on {stop['what']}" for stop in reached.values() if not stop["seen"]]
    if len(reached) < expected:
        farthest = list(reached.values())[-1]["what"] if reached else "nothing"
        found.append(f"the keyboard reaches {len(reached)} of {expected} stops; the last is {farthest}")
    return found


class Watch:
    """Listens to a browser: requests to other hosts, refused scripts and styles, errors of scripts."""

    def __init__(self, page: Page, host: str) -> None:
        self.host = host
        self.heard: list[str] = []
        page.on("request", lambda request: self._request(request.url))
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self.heard.append(f"script error: {error}"))

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != self.host:
            self.heard.append(f"asks another host: {url}")

    def _console(self, kind: str, text: str) -> None:
        # An expected status (404, 410) is reported by the browser as an error of its own.
        if kind == "error" and not text.startswith("Failed to load resource: the server responded with a status of"):
            self.heard.append(f"console: {text}")
