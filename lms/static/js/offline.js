// Verifies a report against its proof and the register's marks, on this device: the same steps as amends_verify.py.
// Nothing is asked of any server; all that is said stands in the page already. It stands on its own: it is put whole into
// the file that is kept (views/verify.py), so it imports nothing.
const FIELDS = ["position", "kind", "number", "commitment", "file_digest", "filing_digest", "at"];
const HEX = /^[0-9a-f]{64}$/;
const MOST = 1000000;

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const bytesOf = (text) => new TextEncoder().encode(text);
export const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

const lineDigest = (line) => sha256(bytesOf(`amends register line\n${FIELDS.map((name) => String(line[name])).join("\n")}`));
const chained = (previous, line) => sha256(bytesOf(`amends register\n${previous}\n${line}`));

// Heads by position, from heads.jsonl or from any text that holds marks.
export function marksIn(text) {
  const found = new Map();
  const keep = (position, mark) => found.set(position, (found.get(position) ?? new Set()).add(mark));
  for (const line of text.split("\n")) {
    if (line.trimStart().startsWith("{")) {
      const said = JSON.parse(line);
      keep(said.position, said.hash);
    } else {
      for (const [, position, mark] of line.matchAll(/\b(\d+):([0-9a-f]{64})\b/g)) keep(Number(position), mark);
    }
  }
  return found;
}

// Follow the chain; null where it does not hold.
async function walk(proof) {
  const { lines, first, own, head } = proof;
  if (!Number.isInteger(first) || !Array.isArray(lines) || !lines.length || lines.length >= MOST) return null;
  if (![proof.previous, ...lines].every((one) => typeof one === "string" && HEX.test(one))) return null;
  const mine = new Map(own.map((line) => [line.position, line]));
  for (const [position, line] of mine) {
    if ((await lineDigest(line)) !== lines[position - first]) return null;
  }
  let hashed = proof.previous;
  for (const line of lines) hashed = await chained(hashed, line);
  return head.position === first + lines.length - 1 && head.hash === hashed ? mine : null;
}

// What file, proof and marks say together: one word, and what to say it with.
export async function judge(digest, proof, marks) {
  let own = null;
  try {
    if (proof.format === "amends-proof/1") own = await walk(proof);
  } catch {
    own = null;
  }
  const issued = own?.get(proof.first);
  if (issued?.kind !== "issued" || issued.number !== proof.number) return { answer: "forged" };
  const told = { number: issued.number, head: `${proof.head.position}:${proof.head.hash}` };
  if (![issued.file_digest, issued.filing_digest].includes(digest)) return { answer: "altered", ...told };
  const known = marks.get(proof.head.position);
  if (!known) return { answer: "unknown_head", ...told };
  if (!known.has(proof.head.hash)) return { answer: "forged", ...told };
  const mine = [...own.values()].filter((line) => line.commitment === issued.commitment);
  if (mine.some((line) => line.kind === "revoked")) return { answer: "revoked", ...told };
  const replaced = mine.find((line) => line.kind === "replaced");
  return replaced
    ? { answer: "replaced", by: own.get(replaced.position - 1)?.number, ...told }
    : { answer: "genuine", ...told };
}

async function read(form) {
  const [report, proof, heads] = ["report", "proof", "heads"].map((id) => form.querySelector(`#${id}`).files[0]);
  if (!report || !proof) return { answer: "missing" };
  if (!globalThis.crypto?.subtle) return { answer: "no_digests" };
  try {
    const marks = marksIn(heads ? await heads.text() : "");
    return await judge(await sha256(await report.arrayBuffer()), JSON.parse(await proof.text()), marks);
  } catch {
    return { answer: "unreadable" };
  }
}

function show(found) {
  for (const box of document.querySelectorAll("[data-answer]")) box.hidden = box.dataset.answer !== found.answer;
  document.querySelector("[data-details]").textContent = [found.number, found.by, found.head].filter(Boolean).join(" · ");
}

for (const form of globalThis.document?.querySelectorAll("form[data-offline]") ?? []) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    show(await read(form));
  });
}
