// A check-in that does not get through: the page says when it was tried, with a code that staff can look up, and tells
// the server once it is there. And whoever marks that they want help hears where the numbers stand.

document.addEventListener("amends:waiting", (event) => {
  const form = event.target;
  const tried = form.querySelector("[data-tried]");
  const field = form.elements.namedItem("tried_at");
  if (!tried || field.value) return;
  const now = new Date();
  field.value = now.toISOString();
  const time = now.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  tried.querySelector("[data-tried-words]").textContent = tried.dataset.words.replace("%s", time);
  tried.hidden = false;
});

document.addEventListener("change", (event) => {
  if (event.target.name !== "help") return;
  const said = event.target.form.querySelector("[data-help-said]");
  const any = event.target.form.querySelector("[name=help]:checked");
  if (said) said.textContent = any ? said.dataset.words : "";
});
