// What of the recordings on a page was truly played, and whose words were opened. Told with each beat (learn-beat.js)
// until the server says that it knows; it takes no more than can be true.

const FASTEST = 1.5;
const LONGEST_STEP = 2; // seconds between two signs of a recording that plays; more is a jump
const page = document.querySelector("[data-watched-label]");
const blocks = new Map();

for (const media of page?.querySelectorAll("video, audio") ?? []) follow(media);
for (const words of page?.querySelectorAll("details[data-words]") ?? []) {
  words.addEventListener("toggle", () => { if (words.open) of(words).isOpened = true; });
}

function of(element) {
  const id = element.closest("section[id^=block-]").id.replace("block-", "");
  if (!blocks.has(id)) blocks.set(id, { played: [], known: [], isOpened: false, isOpenKnown: false });
  return blocks.get(id);
}

function follow(media) {
  const block = of(media);
  let last = null;
  const lift = () => { last = null; };
  const sign = () => {
    const now = media.currentTime;
    const isPlaying = !media.seeking && media.playbackRate <= FASTEST && last !== null;
    if (isPlaying && now > last && now - last <= LONGEST_STEP) add(block.played, last, now);
    last = media.seeking || media.playbackRate > FASTEST ? null : now;
  };
  media.addEventListener("timeupdate", sign);
  media.addEventListener("playing", () => { last = media.currentTime; });
  media.addEventListener("pause", sign);
  media.addEventListener("ended", () => { sign(); lift(); });
  for (const jump of ["seeking", "ratechange", "emptied"]) media.addEventListener(jump, lift);
}

function add(ranges, since, until) {
  const newest = ranges.at(-1);
  if (newest && newest[0] <= since && since <= newest[1] + 0.001) newest[1] = Math.max(newest[1], until);
  else ranges.push([since, until]);
}

function isKnown([since, until], known) {
  return known.some(([from, to]) => from <= since + 0.01 && until <= to + 0.01);
}

// The fields of a beat; none where there is nothing to tell.
export function told() {
  const played = {};
  const opened = [];
  for (const [id, block] of blocks) {
    const news = block.played.filter((range) => !isKnown(range, block.known));
    if (news.length) played[id] = news.slice(-50);
    if (block.isOpened && !(block.isOpenKnown && isDone(id))) opened.push(id);
  }
  if (!Object.keys(played).length && !opened.length) return {};
  return { played: JSON.stringify(played), opened: JSON.stringify(opened) };
}

function isDone(id) {
  return Boolean(document.querySelector(`#block-${CSS.escape(id)} [data-watched] .status`));
}

export function heardOf(watched) {
  for (const [id, { done, ranges, opened }] of Object.entries(watched ?? {})) {
    const block = blocks.get(id);
    if (!block) continue;
    block.known = ranges;
    block.isOpenKnown = opened;
    if (done && !isDone(id)) show(id);
  }
}

function show(id) {
  const section = document.querySelector(`#block-${CSS.escape(id)}`);
  const label = document.createElement("span");
  label.className = "status status--good";
  label.textContent = page.dataset.watchedLabel;
  section.querySelector("[data-watched]").replaceChildren(label);
  section.querySelector("[data-must]")?.remove();
}
