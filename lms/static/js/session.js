// Warns before the session ends and lets it be extended; at the end a form that was begun is handed to the
// server to keep (never to the browser: phones are shared), and the page is left for the sign-in.
import { begun, letGo } from "./forms.js";

const WARN = 5 * 60;
const dialog = document.querySelector("[data-session]");

export function mindTheSession() {
  if (!dialog) return;
  const words = dialog.querySelector("[data-session-words]");
  let ends = Date.now() + Number(dialog.dataset.left) * 1000;
  let warnBelow = WARN;
  let asking = false;

  const left = () => Math.round((ends - Date.now()) / 1000);

  dialog.querySelector("[data-session-stay]").addEventListener("click", stay);
  dialog.addEventListener("cancel", stay);
  // A phone that slept has not counted; it looks again when it wakes.
  document.addEventListener("visibilitychange", look);
  window.setInterval(look, 1000);

  async function look() {
    if (document.hidden && left() > 5) return;
    if (left() > warnBelow) { if (dialog.open) dialog.close(); return; }
    if (!dialog.open && left() > 5) {
      // Another page of theirs, or a draft that was saved, may have moved the end.
      await ask("GET");
      if (left() > warnBelow) return;
      dialog.showModal();
    }
    if (left() <= 5) leave();
    tell();
  }

  async function stay() {
    await ask("POST");
    // The longest a session lasts cannot be moved: then the last minute is said once more, and no minute before it.
    warnBelow = left() > WARN ? WARN : 60;
    if (left() > warnBelow && dialog.open) dialog.close();
  }

  async function ask(method) {
    if (asking) return;
    asking = true;
    try {
      const body = new FormData();
      body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
      const response = await fetch(dialog.dataset.session, { method, credentials: "same-origin", body: method === "POST" ? body : undefined });
      if (response.ok) ends = Date.now() + (await response.json()).left * 1000;
      else if (response.status === 401) ends = Date.now();
    } catch {
      // No network: the page's own count goes on.
    } finally {
      asking = false;
    }
  }

  function tell() {
    const minutes = Math.max(1, Math.ceil(left() / 60));
    const text = minutes === 1 ? dialog.dataset.minute : dialog.dataset.minutes.replace("%n", minutes);
    if (words.textContent !== text) words.textContent = text;
  }

  function leave() {
    const form = begun();
    // Asked for a moment too early, the page itself would be a sign of somebody.
    if (!form && left() > -3) return;
    letGo();
    if (!form) return window.location.replace(window.location.pathname + window.location.search);
    const mark = document.createElement("input");
    mark.type = "hidden"; mark.name = "keep_only"; mark.value = "1";
    form.append(mark);
    HTMLFormElement.prototype.submit.call(form);
  }
}
