// fhir-kit-client: create, read, update, patch, delete, search page by page, transaction, history.
// Run by validation.fhir_clients where it is installed: node with_fhirkit.mjs BASE TOKEN
import assert from "node:assert/strict";
import { Client } from "fhir-kit-client";

const [baseUrl, bearerToken] = process.argv.slice(2);
const client = new Client({ baseUrl, bearerToken });
const meta = { tag: [{ system: "https://example.org/tags", code: "fhirkit" }] };
const resourceType = "Patient";

const statement = await client.capabilityStatement();
assert.equal(statement.fhirVersion, "4.0.1");
console.log("metadata");
const body = { resourceType, meta, name: [{ family: "Fhirkit", given: ["Ada"] }] };
const made = await client.create({ resourceType, body });
assert.equal(made.meta.versionId, "1");
console.log("create");
const id = made.id;
assert.equal((await client.read({ resourceType, id })).name[0].family, "Fhirkit");
assert.equal((await client.vread({ resourceType, id, version: "1" })).id, id);
console.log("read, vread");
const changed = await client.update({ resourceType, id, body: { ...made, gender: "female" } });
assert.equal(changed.meta.versionId, "2");
console.log("update");
const jsonPatch = [{ op: "add", path: "/birthDate", value: "1950-02-03" }];
assert.equal((await client.patch({ resourceType, id, jsonPatch })).birthDate, "1950-02-03");
console.log("patch");
const entry = [1, 2, 3, 4, 5].map((n) => ({
  resource: { resourceType, meta, name: [{ family: `Many${n}` }] },
  request: { method: "POST", url: "Patient" },
}));
const done = await client.transaction({ body: { resourceType: "Bundle", type: "transaction", entry } });
assert.equal(done.entry.length, 5);
console.log("transaction");
const searchParams = { _tag: "https://example.org/tags|fhirkit", _count: "2" };
let page = await client.search({ resourceType, searchParams });
let seen = [];
while (page) {
  seen.push(...(page.entry ?? []).map((e) => e.resource.id));
  page = await client.nextPage({ bundle: page });
}
assert.equal(new Set(seen).size, 6);
assert.equal(seen.length, 6);
console.log("search, every page");
const posted = await client.search({ resourceType, searchParams, options: { postSearch: true } });
assert.equal(posted.entry.length, 2);
console.log("search by POST");
const past = await client.history({ resourceType, id });
assert.equal(past.entry.length, 3);
console.log("history");
const everything = await client.operation({ name: "$everything", resourceType, id, method: "GET" });
assert.equal(everything.entry.length, 1);
console.log("$everything");
await client.delete({ resourceType, id });
await assert.rejects(client.read({ resourceType, id }), (gone) => {
  assert.match(JSON.stringify(gone, Object.getOwnPropertyNames(gone)), /410/);
  return true;
});
console.log("delete (410)");
