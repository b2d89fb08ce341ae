// Small kindnesses of forms: go to the problem, send once, warn before typed words are lost.

export function focusProblem() {
  document.querySelector("[data-focus]")?.focus();
}

export function once() {
  for (const form of document.querySelectorAll("form[data-once]:not([data-minded])")) {
    form.dataset.minded = "";
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
      // Coming back by the browser's history must not find a dead form.
      window.setTimeout(() => { delete form.dataset.sent; }, 8000);
    });
  }
}

// A file that is too large is said before anything is sent: what was typed stays where it is.
export function mindSizes() {
  for (const input of document.querySelectorAll("input[type=file][data-most]")) {
    input.addEventListener("change", () => tooLarge(input));
    input.form?.addEventListener("submit", (event) => {
      if (input.disabled || !tooLarge(input)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      input.focus();
    }, true);
  }
}

function tooLarge(input) {
  const large = [...input.files].some((file) => file.size > Number(input.dataset.most));
  const id = `${input.id}_error`;
  let words = document.getElementById(id);
  if (!words) {
    words = document.createElement("span");
    words.id = id;
    words.className = "usa-error-message";
    words.setAttribute("role", "alert");
    input.before(words);
    input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
  }
  words.textContent = large ? input.dataset.tooBig : "";
  words.hidden = !large;
  input.closest(".usa-form-group")?.classList.toggle("usa-form-group--error", large);
  return large;
}

// A page that refused what was sent leads back to the form, in which it still stands.
export function leadBack() {
  for (const button of document.querySelectorAll("[data-back]")) {
    button.hidden = history.length < 2;
    button.addEventListener("click", () => history.back());
  }
}

const changed = new Set();
let leaving = false;

// A form of typed words in which something was changed and not sent.
export function begun() { return [...changed][0]; }

// From here on nobody is asked whether they want to leave.
export function letGo() { leaving = true; }
export function isLeaving() { return leaving; }

// What was typed in this form has arrived.
export function settled(form) { changed.delete(form); }

export function guardLeaving() {
  watchForms();
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && [...changed].some((form) => form.isConnected && "leaveGuard" in form.dataset)) event.preventDefault();
  });
}

export function watchForms() {
  for (const form of document.querySelectorAll("main form[method=post]:not([data-autosave])")) {
    form.addEventListener("input", () => { changed.add(form); });
    // What is sent in place has not arrived yet.
    form.addEventListener("submit", () => { if (!("inPlace" in form.dataset)) changed.delete(form); });
  }
}
