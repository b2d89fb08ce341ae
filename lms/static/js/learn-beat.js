// Tells the server that the page is visible and someone is there. The server counts by its own clock.

const EVERY = 20000;
const ASK_AFTER = 90000; // somebody may be thinking: they are asked before their time pauses
const IDLE_AFTER = 120000;
const LOOK_EVERY = 2000;
const page = document.querySelector("[data-beat]");

if (page) {
  const prompt = document.querySelector("[data-presence]");
  const button = prompt.querySelector("button");
  const words = prompt.querySelector("[data-presence-words]");
  let sequence = 0;
  let lastSign = Date.now();
  let asked = "";

  const ask = (about) => {
    if (about === asked) return;
    asked = about;
    prompt.classList.toggle("presence--asks", Boolean(about));
    button.hidden = !about;
    words.textContent = about ? prompt.dataset[about] : "";
  };
  const isThere = () => {
    lastSign = Date.now();
    ask("");
  };
  // Listening and watching are signs too: read-aloud.js says so, and a recording that plays does.
  for (const sign of ["pointerdown", "keydown", "scroll", "touchstart", "amends:alive"]) {
    window.addEventListener(sign, isThere, { passive: true });
  }
  document.addEventListener("timeupdate", isThere, { passive: true, capture: true });
  window.setInterval(() => {
    if (document.hidden) return;
    const still = Date.now() - lastSign;
    ask(still > IDLE_AFTER ? "paused" : still > ASK_AFTER ? "asks" : "");
  }, LOOK_EVERY);
  window.setInterval(() => {
    if (document.hidden || Date.now() - lastSign > IDLE_AFTER) return;
    const body = new FormData();
    body.set("viewing", page.dataset.viewing);
    body.set("sequence", String(++sequence));
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    fetch(page.dataset.beat, { method: "POST", body, credentials: "same-origin" }).catch(() => {});
  }, EVERY);
}
