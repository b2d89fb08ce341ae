// allauth's own script speaks to the device; this says in words what came of it, in the page's language.
const place = document.querySelector("[data-passkey]");
if (place && !window.PublicKeyCredential) {
  place.textContent = place.dataset.none;
  place.hidden = false;
}
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  if (!place) return;
  const name = event.detail.exception?.name;
  place.textContent = name === "NotAllowedError" ? place.dataset.stopped : name === "InvalidStateError" ? place.dataset.known : place.dataset.failed;
  place.hidden = false;
  place.focus();
});
