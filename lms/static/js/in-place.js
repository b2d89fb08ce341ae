// Sends a form without leaving its page: on a dead line everything stays, is tried again until the server has it, and
// the page says so. The server takes the same form twice as once. Without scripts the form goes as forms go.
// <form data-in-place> goes on to where the answer leads; <form data-in-place="stay"> stays, and says when it was saved.

import { letGo, settled } from "./forms.js";

const FIRST = 2000;
const LONGEST = 15000;
const LOST_AFTER = 30000;
// A file on a slow line takes its time.
const FILES_LOST_AFTER = 300000;
const LOGIN = "/accounts/login/";
const waiting = new Set();
const words = () => document.querySelector("[data-sending-words]")?.dataset ?? {};

export function sendInPlace() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("inPlace" in form.dataset) || event.defaultPrevented) return;
    event.preventDefault();
    if (!waiting.has(form)) send(form, event.submitter);
  });
  window.addEventListener("beforeunload", (event) => { if (waiting.size) event.preventDefault(); });
}

async function send(form, button) {
  waiting.add(form);
  form.setAttribute("aria-busy", "true");
  say(form, words().sending);
  let wait = FIRST;
  let answer;
  // What is typed while it waits goes along: each try takes what stands there then.
  while (!(answer = await attempt(form, button))) {
    wait = (await pause(wait)) ? FIRST : Math.min(wait * 2, LONGEST);
  }
  waiting.delete(form);
  form.removeAttribute("aria-busy");
  await show(form, button, answer);
}

async function attempt(form, button) {
  const sent = fields(form);
  const files = sent.some(([, value]) => value instanceof File && value.size);
  const body = files ? new FormData() : new URLSearchParams();
  for (const [name, value] of sent) if (files || !(value instanceof File)) body.append(name, value);
  if (button?.name) body.append(button.name, button.value);
  try {
    const answer = await fetch(form.getAttribute("action") || location.href, {
      method: "POST", body, credentials: "same-origin", headers: { "X-In-Place": "1" }, signal: AbortSignal.timeout(files ? FILES_LOST_AFTER : LOST_AFTER),
    });
    if (answer.status === 403) {
      await renew(form);
      say(form, words().signedOut);
      return null;
    }
    if (answer.status >= 500 || answer.status === 429 || answer.status === 408) throw new Error(String(answer.status));
    if (!answer.headers.get("Content-Type")?.includes("json")) return { page: await answer.text(), sent };
    const said = { ...await answer.json(), sent };
    if (said.to?.startsWith(LOGIN) && !said.to.includes("kept")) {
      await renew(form);
      say(form, words().signedOut);
      return null;
    }
    return said;
  } catch {
    say(form, words().waiting);
    form.dispatchEvent(new Event("amends:waiting", { bubbles: true }));
    return null;
  }
}

const fields = (form) => [...new FormData(form)];

async function show(form, button, answer) {
  if (form.dataset.inPlace === "stay" && !answer.page && button?.name !== "language") {
    // Typed while the answer was on its way: that is not saved yet.
    if (JSON.stringify(fields(form)) === JSON.stringify(answer.sent)) settled(form);
    say(form, `${words().saved} ${new Date().toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" })}`);
    form.dispatchEvent(new CustomEvent("amends:sent", { bubbles: true, detail: answer }));
    return;
  }
  if (answer.page) {
    settled(form);
    swap(answer.page);
    return;
  }
  letGo();
  const to = new URL(answer.to, location.href);
  if (to.pathname + to.search === location.pathname + location.search) {
    history.replaceState(null, "", to);
    location.reload();
  } else {
    location.assign(to);
  }
}

// The same page, answered with what is missing or in another language: nothing is loaded anew.
function swap(page) {
  const fresh = new DOMParser().parseFromString(page, "text/html");
  const presence = document.querySelector("[data-presence]");
  fresh.querySelector("[data-presence]")?.replaceWith(presence ?? "");
  for (const part of ["header", "main", "footer"]) {
    const old = document.querySelector(`body > ${part}`);
    const next = fresh.querySelector(`body > ${part}`);
    if (old && next) old.replaceWith(document.adoptNode(next));
  }
  document.title = fresh.title;
  document.documentElement.lang = fresh.documentElement.lang;
  window.scrollTo(0, 0);
  document.dispatchEvent(new Event("amends:swapped"));
}

// Signed in anew since, perhaps on another page: this form has an old proof.
async function renew(form) {
  const input = form.querySelector("[name=csrfmiddlewaretoken]");
  const session = document.querySelector("[data-session]")?.dataset.session;
  try {
    const answer = await fetch(session, { credentials: "same-origin", redirect: "error" });
    if (answer.ok) input.value = (await answer.json()).proof;
  } catch {
    // Nobody is signed in yet: the next try asks again.
  }
}

// Ends early, and says so, where the line is back.
function pause(time) {
  return new Promise((done) => {
    const timer = window.setTimeout(end, time);
    function end(event) {
      window.clearTimeout(timer);
      window.removeEventListener("online", end);
      done(Boolean(event));
    }
    window.addEventListener("online", end);
  });
}

function say(form, text) {
  let place = form.querySelector("[data-in-place-status]");
  if (!place) {
    place = document.createElement("p");
    place.className = "saved";
    place.dataset.inPlaceStatus = "";
    place.setAttribute("role", "status");
    form.append(place);
  }
  place.textContent = text ?? "";
}
