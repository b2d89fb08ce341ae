import { keepWords, mindFiles, mindPastes } from "./saving.js";

keepWords();
mindFiles();
mindPastes();

// Names for what Wagtail's editor leaves nameless to a screen reader: rich text boxes, and the boxes of a list.

const NAMELESS = ".public-DraftEditor-content:not([aria-label]), [data-streamfield-list-container] input[type=text]:not([aria-label]), [data-streamfield-stream-container] input[type=text]:not([aria-label])";

function nameOf(box) {
  for (let place = box.parentElement; place; place = place.parentElement) {
    const label = place.querySelector(":scope > label, :scope > * > label, :scope > .w-panel__header .w-panel__heading");
    if (label && !label.contains(box) && label.textContent.trim()) return label.textContent.trim().replace(/\s*\*$/, "");
  }
  return document.querySelector("h1")?.textContent.trim() ?? "";
}

function nameAll() {
  for (const box of document.querySelectorAll(NAMELESS)) {
    if (box.labels?.length) continue;
    const name = nameOf(box);
    if (name) box.setAttribute("aria-label", name);
  }
}

new MutationObserver(nameAll).observe(document.documentElement, { childList: true, subtree: true });
nameAll();
