// Keeps what is being typed on the server, never in the browser: phones are shared.
// <form data-autosave="URL" data-saved="Saved at" data-unsaved="Not saved yet. Trying again."> with a [data-autosave-status].

import { isLeaving } from "./forms.js";

const EVERY = 4000;

export function autosaveAll() {
  for (const form of document.querySelectorAll("form[data-autosave]:not([data-autosaved])")) autosave(form);
}

function autosave(form) {
  form.dataset.autosaved = "";
  const status = form.querySelector("[data-autosave-status]");
  let changed = false;
  let sending = false;
  let newer = false;
  let wait = EVERY;

  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed && !isLeaving()) event.preventDefault(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden && changed) save(); });
  // The line is back: it is not waited for the next turn.
  window.addEventListener("online", () => { if (changed && !sending) save(); });
  schedule();

  function schedule() {
    window.setTimeout(async () => {
      if (!form.isConnected) return;
      if (changed && !sending && !newer) await save();
      schedule();
    }, wait);
  }

  async function save() {
    sending = true;
    changed = false;
    try {
      const response = await fetch(form.dataset.autosave, {
        method: "POST", body: words(form), credentials: "same-origin", redirect: "error", keepalive: true,
      });
      const said = response.ok || response.status === 409 ? await response.json() : {};
      // Typed elsewhere since: nothing is written over it before somebody has seen both.
      newer = Boolean(said.newer);
      if (!response.ok) throw new Error(String(response.status));
      const seen = form.elements.namedItem("seen");
      if (seen && said.seen !== undefined) seen.value = said.seen;
      wait = EVERY;
      say(`${form.dataset.saved} ${new Date().toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" })}`);
    } catch {
      changed = true;
      wait = Math.min(wait * 2, 60000);
      say(newer ? form.dataset.newer : form.dataset.unsaved);
    } finally {
      sending = false;
    }
  }

  function say(text) { if (status) status.textContent = text; }
}

// What is typed and chosen; a file waits for a button.
function words(form) {
  const body = new FormData();
  for (const [name, value] of new FormData(form)) if (!(value instanceof File)) body.append(name, value);
  return body;
}
