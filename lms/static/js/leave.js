// "Leave this page quickly": somebody looks over a shoulder. The page is replaced, so that Back does not show it again.

export function leaveQuickly() {
  for (const link of document.querySelectorAll("[data-leave]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.body.hidden = true;
      window.location.replace(link.href);
    });
  }
}
