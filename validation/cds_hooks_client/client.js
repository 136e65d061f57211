// A CDS Hooks 2.0 client as a prescriber's system has one: it discovers services, signs a token for
// each call, prefetches from its own FHIR server, shows cards, does what is accepted, and tells it.
// Written from the specification, https://cds-hooks.hl7.org/2.0/; it knows nothing of the service.
const settings = await (await fetch('settings.json')).json()
const text = new TextEncoder()
const drafts = new Map(settings.drafts.map((order) => [`${order.resourceType}/${order.id}`, order]))
const shown = new Map() // service id -> its cards, replaced when it is called again
const services = new Map()

const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

const key = await crypto.subtle.importKey(
  'jwk', settings.key, { name: 'ECDSA', namedCurve: 'P-384' }, false, ['sign'])

async function bearer (address) {
  const now = Math.floor(Date.now() / 1000)
  const header = { alg: 'ES384', typ: 'JWT', kid: settings.key.kid, jku: settings.jku }
  const claims = { iss: settings.iss, aud: address, iat: now, exp: now + 60, jti: crypto.randomUUID() }
  const parts = [header, claims].map((part) => base64url(text.encode(JSON.stringify(part))))
  const mark = await crypto.subtle.sign(
    { name: 'ECDSA', hash: 'SHA-384' }, key, text.encode(parts.join('.')))
  return `Bearer ${parts.join('.')}.${base64url(mark)}`
}

async function ask (address, body) {
  const headers = { Authorization: await bearer(address), 'Content-Type': 'application/json' }
  const answer = await fetch(address, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers })
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}

async function prefetched (templates, context) {
  const found = {}
  for (const [name, template] of Object.entries(templates ?? {})) {
    if (settings.withheld.includes(name)) continue
    const address = template.replace(/{{context\.(\w+)}}/g, (_, field) => context[field])
    const answer = await fetch(`${settings.fhir}/${address}`)
    found[name] = answer.ok ? await answer.json() : null
  }
  return found
}

function context (hook) {
  const said = { userId: 'Practitioner/1', patientId: settings.patient }
  if (hook === 'patient-view') return said
  const entry = [...drafts.values()].map((resource) => ({ resource }))
  said.draftOrders = { resourceType: 'Bundle', type: 'collection', entry }
  if (hook === 'order-select') said.selections = [...drafts.keys()]
  return said
}

async function call (hook) {
  const service = services.get(hook)
  const said = context(hook)
  const body = {
    hook,
    hookInstance: crypto.randomUUID(),
    fhirServer: settings.fhir,
    context: said,
    prefetch: await prefetched(service.prefetch, said)
  }
  const answer = await ask(`${settings.cds}/cds-services/${service.id}`, body)
  shown.set(service.id, answer.cards)
  draw(hook)
}

async function tell (service, card, more) {
  const outcomeTimestamp = new Date().toISOString()
  const feedback = [{ card: card.uuid, outcomeTimestamp, ...more }]
  await ask(`${settings.cds}/cds-services/${service}/feedback`, { feedback })
  document.querySelector('#feedback').textContent = more.outcome
}

async function accept (service, card, suggestion) {
  for (const action of suggestion.actions ?? []) {
    if (action.type === 'delete') drafts.delete(action.resourceId)
    if (action.type === 'create') drafts.set(`MedicationRequest/new-${drafts.size}`, action.resource)
  }
  drawDrafts()
  await tell(service, card, { outcome: 'accepted', acceptedSuggestions: [{ id: suggestion.uuid }] })
}

function element (tag, words, more = {}) {
  return Object.assign(document.createElement(tag), { textContent: words, ...more })
}

function drawn (service, card) {
  const box = element('section', '', { className: `card ${card.indicator}` })
  box.append(element('h2', card.summary))
  const from = element('p', `${card.indicator} · ${card.source.label}`)
  box.append(from, element('pre', card.detail ?? ''))
  for (const suggestion of card.suggestions ?? []) {
    const take = element('button', suggestion.label, { className: 'suggestion' })
    take.addEventListener('click', () => accept(service, card, suggestion))
    box.append(take)
  }
  for (const reason of card.overrideReasons ?? []) {
    const pass = element('button', reason.display, { className: 'override' })
    const { code, system } = reason
    pass.addEventListener('click', () => tell(service, card, {
      outcome: 'overridden', overrideReason: { reason: { code, system } }
    }))
    box.append(pass)
  }
  for (const link of card.links ?? []) {
    box.append(element('a', link.label, { href: link.url, rel: 'noopener', className: link.type }))
  }
  return box
}

function draw (hook) {
  const main = document.querySelector('#cards')
  main.replaceChildren()
  for (const [service, cards] of shown) main.append(...cards.map((card) => drawn(service, card)))
  main.dataset.done = hook
}

function drawDrafts () {
  const named = [...drafts.values()].map((order) => order.medicationCodeableConcept.text)
  document.querySelector('#drafts').textContent = named.join(', ')
}

for (const button of document.querySelectorAll('button[data-hook]')) {
  button.addEventListener('click', () => call(button.dataset.hook).catch((why) => {
    document.querySelector('#cards').textContent = String(why)
  }))
}
const found = await ask(`${settings.cds}/cds-services`)
for (const service of found.services) services.set(service.hook, service)
document.querySelector('#services').textContent = [...services.keys()].join(', ')
drawDrafts()
