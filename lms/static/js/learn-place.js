// Where somebody reads: the server keeps it, so that they come back to the same block, also on another device and in
// another language. And on the one page: which part is read next.

const article = document.querySelector("[data-place]");
const STILL = 2500;
let at = article.dataset.at || blocks()[0]?.id.slice(6) || "";
let timer = 0;

function blocks() { return [...article.querySelectorAll("section[id^=block-]")]; }

// The last block that begins above the middle of the window.
function here() {
  const begun = blocks().filter((each) => each.getBoundingClientRect().top < window.innerHeight * 0.5);
  return (begun.at(-1) ?? blocks()[0])?.id.slice(6) ?? "";
}

function keep() {
  const block = here();
  if (!block || block === at) return;
  const body = new URLSearchParams({ block, csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]").value });
  fetch(article.dataset.place, { method: "POST", body, credentials: "same-origin", redirect: "error", keepalive: document.hidden })
    .then((answer) => { if (answer.ok) at = block; }).catch(() => {});
}

window.addEventListener("scroll", () => { window.clearTimeout(timer); timer = window.setTimeout(keep, STILL); }, { passive: true });
// Put aside, not left: who goes on to another page is there.
let leaving = false;
window.addEventListener("beforeunload", () => { leaving = true; window.clearTimeout(timer); });
document.addEventListener("visibilitychange", () => { if (document.hidden && !leaving) keep(); });
window.addEventListener("online", keep);

// Another language, another way to read: the same block.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches(".language")) {
    const next = form.elements.namedItem("next");
    next.value = `${next.value.split("#")[0]}#block-${here()}`;
  }
  if ("way" in form.dataset) form.elements.namedItem("block").value = here();
}, true);

// A part was read: its button goes, the next one comes with a token of its own.
document.addEventListener("amends:sent", (event) => {
  const { viewing, ticket, step } = event.detail;
  const form = event.target;
  if (!viewing || !form.dataset.part) return;
  article.dataset.viewing = viewing;
  article.dataset.ticket = ticket;
  const done = article.querySelector(`[data-part-read="${form.dataset.part}"]`);
  done.hidden = false;
  form.hidden = true;
  const next = article.querySelector(`form[data-part="${step}"]`);
  next.elements.namedItem("viewing").value = viewing;
  next.hidden = false;
  done.tabIndex = -1;
  done.focus({ preventScroll: true });
  const { bar, label } = progress();
  bar.value = article.querySelectorAll("[data-part-read]:not([hidden])").length;
  label.textContent = label.textContent.replace(/\d+/, String(bar.value));
});

function progress() {
  const row = article.querySelector("[data-parts-read] .progress");
  return { bar: row.querySelector("progress"), label: row.querySelector("span") };
}
