// Tells the server that the page is visible and someone is there. The server counts by its own clock.

const EVERY = 20000;
const IDLE_AFTER = 120000;
const page = document.querySelector("[data-beat]");

if (page) {
  let sequence = 0;
  let lastSign = Date.now();
  for (const sign of ["pointerdown", "keydown", "scroll", "touchstart"]) {
    window.addEventListener(sign, () => { lastSign = Date.now(); }, { passive: true });
  }
  window.setInterval(() => {
    if (document.hidden || Date.now() - lastSign > IDLE_AFTER) return;
    const body = new FormData();
    body.set("viewing", page.dataset.viewing);
    body.set("sequence", String(++sequence));
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    fetch(page.dataset.beat, { method: "POST", body, credentials: "same-origin" }).catch(() => {});
  }, EVERY);
}
