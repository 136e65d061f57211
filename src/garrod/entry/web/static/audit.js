// Checks the proof of an audit entry in the browser: nobody has to believe the server.
//
// entry (its very text) + proof of inclusion + signed head -> {valid, why}
// Sizes are taken to 2^53; hashes by WebCrypto, signatures Ed25519 where the browser knows them.
// Source: RFC 6962, section 2.1; RFC 9162, 2.1.3.2 and 2.1.4.2; RFC 8032

const HEAD = "garrod audit head, version 1";
const KEY_CHARACTERS = 16; // of a key's id: the start of the sha256 of its public half, as hex

const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const isSame = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const isOdd = (number) => number % 2 === 1;
const half = (number) => Math.floor(number / 2);

async function sha256(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

export const leafHash = (entry) => sha256(new Uint8Array([0]), new TextEncoder().encode(entry));
const nodeHash = (left, right) => sha256(new Uint8Array([1]), left, right);

// Returns whether a proof shows that a tree of that root has that leaf at that index.
export async function verifyInclusion({ leafIdx, treeSize, leafHash, root, proof }) {
  const [leaf, top, ...steps] = [leafHash, root, ...(proof ?? [])].map(bytesOf);
  if (!Number.isSafeInteger(treeSize) || !(leafIdx >= 0 && leafIdx < treeSize)) return false;
  if ([leaf, top, ...steps].some((hash) => hash.length !== 32)) return false;
  let [place, last, found] = [leafIdx, treeSize - 1, leaf];
  for (const step of steps) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      found = await nodeHash(step, found);
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      found = await nodeHash(found, step);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && isSame(found, top);
}

// Returns whether a proof shows that a tree of the second root begins with that of the first.
export async function verifyConsistency({ size1, size2, root1, root2, proof }) {
  const [one, two, ...given] = [root1, root2, ...(proof ?? [])].map(bytesOf);
  if (!Number.isSafeInteger(size2) || !(size1 > 0 && size1 <= size2)) return false;
  if ([one, two, ...given].some((hash) => hash.length !== 32)) return false;
  if (size1 === size2) return given.length === 0 && isSame(one, two);
  let isPower = size1;
  while (!isOdd(isPower)) isPower = half(isPower);
  const [first, ...steps] = isPower === 1 ? [one, ...given] : given;
  if (first === undefined) return false;
  let [place, last] = [size1 - 1, size2 - 1];
  while (isOdd(place)) [place, last] = [half(place), half(last)];
  let [old, now] = [first, first];
  for (const step of steps) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      [old, now] = [await nodeHash(step, old), await nodeHash(step, now)];
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      now = await nodeHash(now, step);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && isSame(old, one) && isSame(now, two);
}

// Returns whether a head, as /audit/head gives it, is signed by the public key it names. Whoever
// noted that key's id earlier, or has it from a witness, compares it with head.key.
export async function verifyHead(head) {
  const shown = [HEAD, head.origin, head.size, hex(bytesOf(head.root)), head.at, head.key, head.number];
  const text = new TextEncoder().encode(shown.map((line) => `${line}\n`).join(""));
  const raw = bytesOf(head.public_keys[head.key] ?? "");
  if (hex(await sha256(raw)).slice(0, KEY_CHARACTERS) !== head.key) return false;
  const key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, key, bytesOf(head.signature), text);
}

// Returns {valid, why} of an entry of /audit/people/ID, its proof, and a head of the proof's size.
export async function verifyEntry(entry, proof, head) {
  const leaf = btoa(String.fromCharCode(...(await leafHash(entry))));
  if (leaf !== proof.leafHash) return { valid: false, why: "the proof is of another entry" };
  if (proof.treeSize !== head.size || proof.root !== head.root)
    return { valid: false, why: "the proof is of another head" };
  if (!(await verifyInclusion(proof))) return { valid: false, why: "the proof does not hold" };
  if (!(await verifyHead(head))) return { valid: false, why: "the head is not signed" };
  return { valid: true, why: `entry ${proof.leafIdx} of ${proof.treeSize} is in the log` };
}
