// Somebody may take back what an open page shows: the page asks, and lets go of it within a minute.

const EVERY = 40000;
const page = document.querySelector("[data-still-shown]");

if (page) {
  const shown = [...page.querySelectorAll("[data-shown]")].map((block) => ["b", block.dataset.shown]);
  const address = `${page.dataset.stillShown}?${new URLSearchParams(shown)}`;

  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      if (!answer.ok || (await answer.json()).shown) return;
    } catch {
      return; // no line: what is open stays until there is one again
    }
    // Also where the page cannot be fetched anew: nobody goes on reading it.
    page.hidden = true;
    window.location.reload();
  };
  window.setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}
