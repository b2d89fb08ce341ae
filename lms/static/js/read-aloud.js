// Reads a page aloud with the device's own voice. Only voices that live on the device: others send the words elsewhere.

const bar = document.querySelector("[data-read-aloud]");
const text = document.querySelector("[data-read]");
const READ = "h1, h2, h3, h4, p, li, blockquote, figcaption, dt, dd, th, td";

if (bar && text && "speechSynthesis" in window) {
  const speech = window.speechSynthesis;
  const [start, stop, status] = ["start", "stop", "status"].map((part) => bar.querySelector(`[data-read-${part}]`));
  let parts = [];
  let at = -1;

  const voice = () => speech.getVoices().find((each) => each.localService && each.lang.toLowerCase().startsWith(text.lang));
  const offer = () => { bar.hidden = !voice(); };
  const isSeen = (element) => element.checkVisibility() && !element.closest("form, button, [hidden], [aria-hidden=true]");
  const words = (element) => element.innerText.trim();
  // The innermost of what is read: a list in a list is read once.
  const gather = () => [...text.querySelectorAll(READ)].filter((each) => isSeen(each) && !each.querySelector(READ) && words(each));

  const mark = (now) => {
    parts[at]?.classList.remove("is-read");
    at = now;
    parts[at]?.classList.add("is-read");
    parts[at]?.scrollIntoView({ block: "nearest" });
  };
  const say = (label) => {
    start.textContent = start.dataset[label];
    stop.hidden = label === "start";
  };
  const end = () => {
    mark(-1);
    say("start");
    speech.cancel();
  };
  const read = (number) => {
    if (number >= parts.length) {
      end();
      status.textContent = status.dataset.end;
      return;
    }
    mark(number);
    const spoken = new SpeechSynthesisUtterance(words(parts[number]));
    spoken.voice = voice();
    spoken.lang = text.lang;
    // Listening is reading: the page says that somebody is there.
    spoken.onstart = () => window.dispatchEvent(new Event("amends:alive"));
    spoken.onboundary = spoken.onstart;
    spoken.onend = () => { if (at === number) read(number + 1); };
    spoken.onerror = () => { if (at === number) end(); };
    speech.speak(spoken);
  };

  start.addEventListener("click", () => {
    status.textContent = "";
    if (at < 0) {
      parts = gather();
      say("pause");
      read(0);
    } else if (speech.paused) {
      say("pause");
      speech.resume();
    } else {
      say("resume");
      speech.pause();
    }
  });
  stop.addEventListener("click", end);
  window.addEventListener("pagehide", () => speech.cancel());
  speech.addEventListener("voiceschanged", offer);
  offer();
}
