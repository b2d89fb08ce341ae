// Small kindnesses of forms: go to the problem, send once, warn before typed words are lost.

export function focusProblem() {
  document.querySelector("[data-focus]")?.focus();
}

export function once() {
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
      // Coming back by the browser's history must not find a dead form.
      window.setTimeout(() => { delete form.dataset.sent; }, 8000);
    });
  }
}

const changed = new Set();
let leaving = false;

// A form of typed words in which something was changed and not sent.
export function begun() { return [...changed][0]; }

// From here on nobody is asked whether they want to leave.
export function letGo() { leaving = true; }
export function isLeaving() { return leaving; }

export function guardLeaving() {
  for (const form of document.querySelectorAll("main form[method=post]:not([data-autosave])")) {
    form.addEventListener("input", () => { changed.add(form); });
    form.addEventListener("submit", () => { changed.delete(form); });
  }
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && [...changed].some((form) => "leaveGuard" in form.dataset)) event.preventDefault();
  });
}
