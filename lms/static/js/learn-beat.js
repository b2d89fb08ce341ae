// Tells the server that the page is visible and someone is there. The server counts by its own clock.

const EVERY = 20000;
const IDLE_AFTER = 120000;
const page = document.querySelector("[data-beat]");

if (page) {
  let sequence = 0;
  let lastSign = Date.now();
  // Listening and watching are signs too: read-aloud.js says so, and a recording that plays does.
  for (const sign of ["pointerdown", "keydown", "scroll", "touchstart", "amends:alive"]) {
    window.addEventListener(sign, () => { lastSign = Date.now(); }, { passive: true });
  }
  document.addEventListener("timeupdate", () => { lastSign = Date.now(); }, { passive: true, capture: true });
  window.setInterval(() => {
    if (document.hidden || Date.now() - lastSign > IDLE_AFTER) return;
    const body = new FormData();
    body.set("viewing", page.dataset.viewing);
    body.set("sequence", String(++sequence));
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    fetch(page.dataset.beat, { method: "POST", body, credentials: "same-origin" }).catch(() => {});
  }, EVERY);
}
