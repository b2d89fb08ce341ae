// Counts words as they are typed; the server counts again.

countAll();
document.addEventListener("amends:swapped", countAll);

function countAll() { for (const counter of document.querySelectorAll("[data-words-of]")) countIn(counter); }

function countIn(counter) {
  const box = document.getElementById(counter.dataset.wordsOf);
  if (!box) return;
  const count = () => {
    const words = box.value.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) || [];
    counter.textContent = `${words.length} ${counter.dataset.wordsLabel}`;
  };
  box.addEventListener("input", count);
  count();
}
