// Proves each line of the access history in the browser: the tick is the browser's own.
// A line that names others is shown without them: it is proved that the log holds it, not its text.
// The key that the log is sealed with is remembered, and it is said where it is another one.
import { verifyEntry, verifyHead, verifyInclusion } from "./audit.js";

const KEPT = "garrod-audit-key";
const status = document.getElementById("proofs");
const head = JSON.parse(status.dataset.head);

async function judged(row) {
  const { entry, proof } = row.dataset;
  if (!proof) return null;
  try {
    const told = JSON.parse(proof);
    if (entry) return await verifyEntry(entry, told, head);
    const isOfHead = told.treeSize === head.size && told.root === head.root;
    const valid = isOfHead && (await verifyInclusion(told)) && (await verifyHead(head));
    return { valid, part: true, why: "the proof does not hold" };
  } catch {
    return { valid: false, why: "the proof cannot be read" };
  }
}

function shown(row, found) {
  const cell = row.querySelector(".proof");
  if (found === null) return;
  const said = found.part ? "✓ In the log (it names others too)" : "✓ Proved";
  cell.textContent = found.valid ? said : `✗ Not proved: ${found.why}`;
  cell.classList.add(found.valid ? "proved" : "unproved");
}

// Returns what is to be said of the key, or "" where it is the one of last time.
function keyed() {
  try {
    const last = localStorage.getItem(KEPT);
    localStorage.setItem(KEPT, head.key);
    if (last === null || last === head.key) return "";
    return ` The log has another key than when you last looked (${last}): ask the privacy officer.`;
  } catch {
    return "";
  }
}

const rows = [...document.querySelectorAll("tr[data-entry]")];
if (window.isSecureContext) {
  const found = await Promise.all(rows.map(judged));
  rows.forEach((row, at) => shown(row, found[at]));
  const given = found.filter((one) => one !== null);
  const wrong = given.filter((one) => !one.valid).length;
  const waiting = found.length - given.length;
  const wait = waiting === 1 ? "1 newer line waits" : `${waiting} newer lines wait`;
  const later = waiting ? ` ${wait} for the next seal.` : "";
  const log = `the sealed log of ${head.size} entries (key ${head.key})`;
  const said = wrong
    ? `${wrong} of ${given.length} lines could not be proved: tell the privacy officer.`
    : `Your browser has proved ${given.length} of ${given.length} lines: each is in ${log}.`;
  status.textContent = said + later + keyed();
  status.classList.toggle("loud", wrong > 0);
}
