// In the authoring place: says when what was typed is not saved and why, tries again by itself, and sends no form into
// the void. Wagtail saves by itself (w-autosave), but says little where that fails, gives up after a minute, and a press
// while somebody is signed out or without connection would take the page and its words away.

const FRESH = 5000;
const FIRST = 4000;
const LONGEST = 30000;
// What passes: it is tried again. Anything else waits for her.
const PASSES = new Set(["offline", "signed-out", "server"]);
const OF_WAGTAIL = { network_error: "offline", invalid_revision: "conflict", validation_error: "invalid", locked: "locked" };
const PRESSES = ["button[type=submit]", "button:not([type])", "input[type=submit]"].map((b) => `form[method=post i] ${b}`).concat("[data-workflow-action-name]").join();

const SAVES_ITSELF = "form[data-controller~=w-autosave]";

const place = document.querySelector("[data-saving]");
const words = document.querySelector("#saving-words");
let heard = performance.now();
let trouble = "";
let wait = FIRST;
let timer = 0;
let passing = null;
let newest = null;
let typed = 0;
let sent = 0;
let busy = false;

export function keepWords() {
  if (!place) return;
  document.addEventListener("w-autosave:success", saved);
  document.addEventListener("w-swap:success", () => { heard = performance.now(); });
  document.addEventListener("w-autosave:error", (event) => { failed(event.detail.type); });
  document.addEventListener("input", (event) => { if (event.target.form?.matches(SAVES_ITSELF) || event.target.closest(SAVES_ITSELF)) typed = performance.now(); }, true);
  document.addEventListener("w-autosave:save", () => { sent = performance.now(); busy = true; });
  document.addEventListener("w-unsaved:watch-edits", () => { window.setTimeout(noWordBetween, 1500); });
  document.addEventListener("w-dialog:confirmed", overwriteKnowingly, true);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });
  document.addEventListener("submit", sayWhatWasSeen, true);
  window.addEventListener("online", again);
  window.addEventListener("click", beforeSending, true);
}

async function failed(type) {
  busy = false;
  tell(OF_WAGTAIL[type] ?? (await reach() || "server"));
  later();
}

function saved(event) {
  busy = false;
  heard = performance.now();
  newest = event.detail.data;
  if (!trouble) return;
  tell("saved");
  trouble = "";
  wait = FIRST;
  window.clearTimeout(timer);
  timer = window.setTimeout(() => { place.replaceChildren(); }, 8000);
}

function later() {
  if (!PASSES.has(trouble)) return;
  window.clearTimeout(timer);
  timer = window.setTimeout(again, wait);
  wait = Math.min(wait * 2, LONGEST);
}

async function again() {
  if (!PASSES.has(trouble)) return;
  const found = await reach();
  if (found) tell(found);
  else if (!save()) { tell("back"); trouble = ""; }
  later();
}

// As if something had been typed. Whether there is a form that saves itself.
function save() {
  const form = document.querySelector(SAVES_ITSELF);
  form?.dispatchEvent(new CustomEvent("w-unsaved:add", { bubbles: true, detail: { type: "edits" } }));
  return Boolean(form);
}

// Wagtail takes what stands there when it begins to watch, and again when it has saved, as saved: what was typed
// in the first two seconds, or while a slow line was busy, would wait for the next letter.
function noWordBetween() {
  if (typed > sent && !trouble) save();
}

// What keeps a form from arriving: nothing, or its name. What was signed in anew since has new proofs for its forms.
async function reach() {
  try {
    const response = await fetch(place.dataset.session, { credentials: "same-origin", redirect: "manual", cache: "no-store" });
    if (response.type === "opaqueredirect" || response.status === 401) return "signed-out";
    if (!response.ok) return "server";
    const { who, proof } = await response.json();
    if (who !== place.dataset.who) return "signed-out";
    heard = performance.now();
    for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = proof;
    window.wagtailConfig.CSRF_TOKEN = proof;
    return "";
  } catch {
    return "offline";
  }
}

async function beforeSending(event) {
  const button = event.target.closest?.(PRESSES);
  if (!button || button === passing) return;
  const fresh = () => !PASSES.has(trouble) && performance.now() - heard < FRESH;
  if (!busy && fresh()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // What is on its way would make this press look older than it is.
  if (busy) await settled();
  const found = fresh() ? "" : await reach();
  if (found) {
    tell(found, true);
    later();
    return;
  }
  // Wagtail would still ask whether to go on without connection.
  document.querySelector("[data-w-session-intercept-value=network]")?.setAttribute("data-w-session-intercept-value", "");
  passing = button;
  button.click();
  passing = null;
}

function settled() {
  return new Promise((done) => {
    for (const end of ["w-autosave:success", "w-autosave:error"]) document.addEventListener(end, done, { once: true });
    window.setTimeout(done, 10000);
  });
}

// What this page saved by itself is no newer version of somebody else's.
function sayWhatWasSeen(event) {
  if (!newest || !event.target.matches("[data-edit-form]")) return;
  const own = document.createElement("input");
  Object.assign(own, { type: "hidden", name: "autosaved", value: newest.revision_id });
  event.target.append(own);
  for (const [name, value] of [["loaded_revision_id", newest.revision_id], ["loaded_revision_created_at", newest.revision_created_at]]) {
    const input = event.target.elements.namedItem(name);
    if (input && value) input.value = value;
  }
}

// She read that something newer is there, and wants hers to be the newest.
function overwriteKnowingly() {
  if (!document.querySelector("[data-w-session-intercept-value=conflict]")) return;
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: "overwrite", value: "1" });
  document.querySelector("[data-edit-form]").append(input);
}

function tell(what, anew = false) {
  if (what === trouble && !anew) return;
  trouble = what;
  window.clearTimeout(timer);
  const said = words.content.querySelector(`[data-when=${what}]`).cloneNode(true);
  const by = document.querySelector(SAVES_ITSELF) ? "itself" : "hand";
  for (const part of said.querySelectorAll("[data-by]")) part.hidden = part.dataset.by !== by;
  place.replaceChildren(said);
}

// A page from a word processor brings more than words; what cannot come along is said, not only left out.
export function mindPastes() {
  window.addEventListener("paste", (event) => {
    if (!event.target.closest?.(".Draftail-Editor")) return;
    const html = event.clipboardData?.getData("text/html") ?? "";
    // Read, not shown: nothing of it is loaded.
    if (new DOMParser().parseFromString(html, "text/html").querySelector("img, table, object, v\\:imagedata")) note("pasted");
  }, true);
}

function note(what) {
  if (trouble) return;
  place.replaceChildren(words.content.querySelector(`[data-when=${what}]`).cloneNode(true));
  window.clearTimeout(timer);
  timer = window.setTimeout(() => { place.replaceChildren(); }, 30000);
}

// A file that is too large is said before anything is sent, also in what is loaded later; the rest of the form stays.
export function mindFiles() {
  window.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches?.("input[type=file][data-most]")) return;
    const large = [...input.files].some((file) => file.size > Number(input.dataset.most));
    say(input, large ? input.dataset.tooBig : "");
    if (!large) return;
    input.value = "";
    event.stopImmediatePropagation();
  }, true);
}

function say(input, text) {
  const id = `${input.id}-too-big`;
  let said = document.getElementById(id);
  if (!said) {
    said = document.createElement("p");
    Object.assign(said, { id, className: "error-message file-too-big", role: "alert" });
    input.after(said);
    input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
  }
  said.textContent = text;
  input.toggleAttribute("aria-invalid", Boolean(text));
}
