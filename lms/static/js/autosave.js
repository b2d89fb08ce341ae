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
      if (changed && !sending) await save();
      schedule();
    }, wait);
  }

  async function save() {
    sending = true;
    changed = false;
    try {
      const response = await fetch(form.dataset.autosave, {
        method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "error", keepalive: true,
      });
      if (!response.ok) throw new Error(String(response.status));
      wait = EVERY;
      say(`${form.dataset.saved} ${new Date().toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" })}`);
    } catch {
      changed = true;
      wait = Math.min(wait * 2, 60000);
      say(form.dataset.unsaved);
    } finally {
      sending = false;
    }
  }

  function say(words) { if (status) status.textContent = words; }
}
