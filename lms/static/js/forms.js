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

export function guardLeaving() {
  for (const form of document.querySelectorAll("form[data-leave-guard]")) {
    let changed = false;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  }
}
