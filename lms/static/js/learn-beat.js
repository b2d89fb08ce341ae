// Tells the server that the page is visible and someone is there. The server counts, by its own clock: each answer brings
// the ticket for the next beat, and one that was not heard is asked for again with the same ticket.

import { told, heardOf } from "./learn-played.js";

const EVERY = 20000;
const AGAIN = 5000; // after a beat that did not arrive
const ASK_AFTER = 90000; // somebody may be thinking: they are asked before their time pauses
const IDLE_AFTER = 120000;
const LOOK_EVERY = 2000;
const NEXT_TRY = 1800000; // when the day's time is used up
// It changes where a form was answered in place, or the next part of one page is read: the newest ticket stands on it.
let page = document.querySelector("[data-beat]");
const SIGNS = ["pointerdown", "keydown", "input", "focusin", "scroll", "touchstart", "amends:alive"];
// What the page asks or says, and what its button does.
const BUTTONS = { asks: "here", paused: "here", elsewhere: "goOn", attest: "again" };

if (page) {
  const prompt = document.querySelector("[data-presence]");
  const button = prompt.querySelector("button");
  const words = prompt.querySelector("[data-presence-words]");
  let lastSign = Date.now();
  let nextBeat = lastSign + EVERY;
  let said = "";
  let refused = ""; // why the clock does not run here
  let begins = false; // nobody was there until now: what lies before does not count
  let busy = false;

  const say = (about) => {
    if (about === said) return;
    said = about;
    const does = BUTTONS[about];
    prompt.classList.toggle("presence--asks", Boolean(about));
    button.hidden = !does;
    if (does) button.textContent = prompt.dataset[does];
    words.textContent = about ? prompt.dataset[about] : "";
  };

  const isPlaying = () => [...document.querySelectorAll("video, audio")].some((media) => !media.paused);

  const isIdle = () => Date.now() - lastSign > IDLE_AFTER;

  const isThere = () => {
    if (isIdle()) { begins = true; nextBeat = Date.now(); }
    lastSign = Date.now();
    if (!refused) say("");
  };

  const send = async (more) => {
    const body = new FormData();
    for (const [name, value] of Object.entries({ viewing: page.dataset.viewing, ...more })) body.set(name, value);
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    const answer = await fetch(page.dataset.beat, {
      method: "POST", body, credentials: "same-origin", redirect: "error", keepalive: true, signal: AbortSignal.timeout(15000),
    });
    if (answer.status === 403) return { why: "attest" }; // signed in anew since
    if (answer.status === 404) return { why: "gone" };
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  const beat = async (here) => {
    if (busy) return;
    busy = true;
    const fresh = begins;
    const { viewing, ticket } = page.dataset;
    try {
      const played = told();
      let heard = await send(here ? { here: 1 } : { ticket, ...(fresh && { begins: 1 }), ...played });
      // It waited too long, in a tunnel or a pocket: count from now.
      if (heard.why === "stale") heard = await send({ here: 1 });
      refused = heard.why ?? "";
      heardOf(heard.watched);
      if (heard.ticket) {
        // Another page may have taken its place meanwhile: the answer was for this one.
        if (page.dataset.viewing === viewing) page.dataset.ticket = heard.ticket;
        begins = begins && !fresh;
      }
      say(refused === "gone" ? "" : refused);
      // What is played is told on such a day too, and no page beats for anything else.
      nextBeat = Date.now() + (refused === "day" && !isPlaying() ? NEXT_TRY : EVERY);
    } catch {
      nextBeat = Date.now() + AGAIN;
    } finally {
      busy = false;
    }
  };

  button.addEventListener("click", () => {
    if (refused === "attest") window.location.reload();
    else if (refused === "elsewhere") beat(true);
  });
  document.addEventListener("amends:swapped", () => {
    const fresh = document.querySelector("[data-beat]");
    refused = fresh ? "" : "gone";
    page = fresh ?? page;
    say("");
    nextBeat = Date.now() + EVERY;
  });
  for (const sign of SIGNS) window.addEventListener(sign, isThere, { passive: true });
  // Listening and watching are signs too: read-aloud.js says so, and a recording that plays does.
  document.addEventListener("timeupdate", isThere, { passive: true, capture: true });
  document.addEventListener("playing", () => {
    if (refused === "day") nextBeat = Math.min(nextBeat, Date.now() + EVERY);
  }, { capture: true });
  document.addEventListener("visibilitychange", () => {
    if (refused) return;
    if (document.hidden && !isIdle()) beat();
    if (document.hidden) begins = true;
    else nextBeat = Date.now();
  });
  window.setInterval(() => {
    if (document.hidden) return;
    const still = Date.now() - lastSign;
    if (!refused) say(still > IDLE_AFTER ? "paused" : still > ASK_AFTER ? "asks" : "");
    if (refused && refused !== "day") return;
    if (!isIdle() && Date.now() >= nextBeat) beat();
  }, LOOK_EVERY);
}
