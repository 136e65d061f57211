"""A laboratory's message as resources of one person: request, specimen, report, results. Pure.

Report, patient -> Made: a resource under an id that follows from the sender, the order and what is
observed, so that a correction is the next version of what it corrects
Source: HL7 v2.5.1, chapter 7; HL7 FHIR R4 (4.0.1); Genomics Reporting 3.0.0 for results of genes.
"""

from __future__ import annotations

from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from garrod.adapters.fhir.genomics_codes import (
    GENE_STUDIED,
    GENOTYPE,
    HGNC,
    HGNC_SYSTEM,
    LOINC,
    METABOLISM,
    PHENOTYPE_ANSWERS,
)
from garrod.adapters.fhir.ingest.wrap import digest_of, made_id
from garrod.adapters.hl7v2.codes import HLA_ALLELE, Kind, kind_of
from garrod.adapters.hl7v2.moments import instant_of, moment_of
from garrod.adapters.hl7v2.observations import Observation
from garrod.adapters.hl7v2.reports import Observed, Order, Report
from garrod.adapters.hl7v2.states import (
    SAID,
    UNKNOWN,
    WITHOUT_VALUE,
    observation_status,
    report_status,
)
from garrod.adapters.hl7v2.values import absent, concept_of, flag_of, value_of

FhirJson = dict[str, Any]
OBSERVATION, REPORT, REQUEST, SPECIMEN = (
    "Observation", "DiagnosticReport", "ServiceRequest", "Specimen",
)  # fmt: skip
LABORATORY = {
    "coding": [
        {"system": "http://terminology.hl7.org/CodeSystem/observation-category",
         "code": "laboratory"}
    ]
}  # fmt: skip
_GENE_CODES = {Kind.GENOTYPE: GENOTYPE, Kind.PHENOTYPE: METABOLISM}


@dataclass(slots=True)
class Made:
    """A resource, the status as its sender wrote it, and what it is in words."""

    kind: str
    id: str
    resource: FhirJson
    letter: str = ""
    label: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return how others refer to it."""
        return f"{self.kind}/{self.id}"


@dataclass(frozen=True, slots=True)
class _Place:
    """An order within its message, and whose it is."""

    report: Report
    order: Order
    patient: str

    def id(self, *parts: str) -> str:
        """Return the id of what is named within the order: the same for the same names."""
        application, facility = self.report.sender
        own = self.order.filler or self.order.placer or f"message {self.report.number}"
        code = self.order.segment.text(4)
        told = "\x1f".join((facility or application, own, code, self.patient, *parts))
        return made_id(digest_of(f"hl7v2 order {told}".encode()))

    def base(self) -> FhirJson:
        """Return what all that is of the order says."""
        return {"subject": {"reference": f"Patient/{self.patient}"}}


def system_of(report: Report, what: str) -> str:
    """Return the system of a sender's numbers: "filler", "placer", "message"."""
    application, facility = report.sender
    named = ":".join(quote(part, safe="") for part in (facility, application) if part)
    return f"urn:garrod:hl7v2:{named}:{what}"


def resources_of(report: Report, patient: str) -> list[Made]:
    """Return what a message says of a person, order by order."""
    found: list[Made] = []
    for order in report.orders:
        place = _Place(report, order, patient)
        request = _request(place)
        specimens = list(_specimens(place))
        observations = _observations(place, specimens)
        found += [request, *specimens, *observations]
        found.append(_report(place, request, specimens, observations))
    return found


def _request(place: _Place) -> Made:
    order, segment = place.order, place.order.segment
    numbers = [(order.placer, "placer", "PLAC"), (order.filler, "filler", "FILL")]
    status = report_status(segment.text(25).upper())
    resource = {
        "resourceType": REQUEST,
        "identifier": [_number(place, *one) for one in numbers if one[0]],
        "status": "completed" if status in ("final", "corrected") else
        "revoked" if status == "cancelled" else "active",
        "intent": "order",
        "code": concept_of(segment.repeats(4)[0]),
        **place.base(),
    }  # fmt: skip
    if asked := moment_of(segment.text(6) or (order.common.text(9) if order.common else "")):
        resource["authoredOn"] = asked
    if who := _person(segment.repeats(16)[0]):
        resource["requester"] = {"display": who}
    if not resource["identifier"]:
        del resource["identifier"]
    return Made(REQUEST, place.id("request"), resource)


def _number(place: _Place, value: str, what: str, code: str) -> FhirJson:
    kind = {"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": code}
    return {"type": {"coding": [kind]}, "system": system_of(place.report, what), "value": value}


def _person(parts: tuple[str, ...]) -> str:
    """Return the name of a member of staff (XCN), or their number."""
    padded = (*parts, *[""] * 6)
    name = " ".join(part for part in (padded[5], padded[2], padded[1]) if part)
    return name or padded[0]


def _specimens(place: _Place) -> Iterator[Made]:
    order = place.order
    for segment in order.specimens:
        resource = {"resourceType": SPECIMEN, **place.base()}
        if segment.raw(4):
            resource["type"] = concept_of(segment.repeats(4)[0])
        if taken := moment_of(segment.text(17)):
            resource["collection"] = {"collectedDateTime": taken}
        if received := moment_of(segment.text(18)):
            resource["receivedTime"] = received
        yield Made(SPECIMEN, place.id("specimen", segment.text(2) or segment.text(1)), resource)
    if not order.specimens and order.segment.raw(15):
        kind = concept_of(order.segment.text(15).split(order.segment.signs.subcomponent))
        yield Made(SPECIMEN, place.id("specimen"),
                   {"resourceType": SPECIMEN, "type": kind, **place.base()})  # fmt: skip


def _observations(place: _Place, specimens: list[Made]) -> list[Made]:
    found: dict[str, Made] = {}
    times: Counter[tuple[str, ...]] = Counter()
    every = [o for o in place.order.observed if not o.is_document and not _is_gene_name(o)]
    often = Counter(_key(observed) for observed in every)
    for observed in every:
        letter, key = place.order.letter(observed), _key(observed)
        if often[key] > 1 and observed.gene is None:
            key = (*key, observed.segment.text(14))  # a series of one code: told apart by time
        resource, told = _observation(place, observed, letter, specimens)
        before = [found[i] for n in range(times[key]) if (i := place.id(*key, str(n))) in found]
        again = next((m for m in before if _settles(letter, m.letter)), None)
        number = str(before.index(again)) if again else str(times[key])
        times[key] += again is None
        id = place.id(*key, number)
        label = resource["code"]["text"]
        label = f"{observed.gene.gene}: {label}" if observed.gene else label
        made = Made(OBSERVATION, id, resource, letter, label)
        made.notes += [told] if told else []
        found[id] = made
    return list(found.values())


def _settles(new: str, old: str) -> bool:
    """Return whether a status within one message takes the place of an earlier one."""
    return (new in "CDW" and new != "" and old not in ("D", "W")) or (old == "P" and new == "F")


def _is_gene_name(observed: Observed) -> bool:
    """Return whether an OBX only names the gene that others of its group are of."""
    code, words = observed.segment.text(3), observed.segment.text(3, 2)
    return observed.gene is None and kind_of(code, words) is Kind.GENE


def _key(observed: Observed) -> tuple[str, ...]:
    """Return by what an observation is the same one in a later message of its order."""
    gene, segment = observed.gene, observed.segment
    if gene is not None:
        allele = HLA_ALLELE.search(" ".join(segment.repeats(3)[0]))
        return ("gene", gene.gene, gene.kind, allele[2] if allele else "")
    code = segment.text(3) or segment.text(3, 2)
    return ("observed", code, segment.text(3, 3), segment.text(4))


def _observation(
    place: _Place, observed: Observed, letter: str, specimens: list[Made]
) -> tuple[FhirJson, str]:
    """Return an observation, and what is to be told of it."""
    segment, gene = observed.segment, observed.gene
    code = concept_of(segment.repeats(3)[0])
    value, said = _gene_value(gene) if gene is not None else value_of(segment)
    if letter in WITHOUT_VALUE:
        value, said = absent("unknown", SAID[letter]), ""
    resource: FhirJson = {
        "resourceType": OBSERVATION,
        "status": observation_status(letter),
        "category": [LABORATORY],
        "code": _gene_code(gene, code) if gene is not None else code,
        **place.base(),
        **value,
        **flag_of(segment),
        **_times(place, segment.text(14) or segment.text(19)),
        "performer": [{"display": _performer(place.report)}],
    }
    if gene is not None:
        resource["component"] = [_gene_studied(gene.gene)]
    if observed.notes:
        resource["note"] = [{"text": words} for words in observed.notes]
    if specimens:
        resource["specimen"] = {"reference": specimens[0].name}
    states = SAID.get(letter, UNKNOWN) if observation_status(letter) == "unknown" else ""
    return resource, "; ".join(part for part in (said, states) if part)


def _times(place: _Place, own: str) -> FhirJson:
    found = {}
    if taken := moment_of(own) or moment_of(place.order.segment.text(7)):
        found["effectiveDateTime"] = taken
    sent = place.order.segment.text(22), place.report.header.text(7)
    if issued := next((i for i in map(instant_of, reversed(sent)) if i), ""):
        found["issued"] = issued
    return found


def _performer(report: Report) -> str:
    application, facility = report.sender
    return facility or application


def _gene_code(gene: Observation, own: FhirJson) -> FhirJson:
    """Return the code under which the record reads genes, and the laboratory's beside it."""
    code, codings = _GENE_CODES.get(gene.kind), own.get("coding", [])
    if code is None or any(c.get("code") == code for c in codings):
        return own
    return {**own, "coding": [{"system": LOINC, "code": code}, *codings]}


def _gene_value(gene: Observation) -> tuple[FhirJson, str]:
    """Return what is stated of a gene; several possibilities, or none, are "could not tell"."""
    if len(gene.value) != 1:
        named = " or ".join(gene.value)
        words = f"not settled: {named}" if named else gene.note or "no value was sent"
        return absent("unknown", words), words
    words = gene.value[0]
    if gene.gene.startswith("HLA-") and words.startswith("*"):
        words = f"{gene.gene}{words}"
    if gene.kind is Kind.PHENOTYPE and words in PHENOTYPE_ANSWERS:
        coding = [{"system": LOINC, "code": PHENOTYPE_ANSWERS[words]}]
        return {"valueCodeableConcept": {"coding": coding, "text": words}}, gene.note
    return {"valueString": words}, gene.note


def _gene_studied(gene: str) -> FhirJson:
    coding = [{"system": HGNC_SYSTEM, "code": HGNC[gene]}] if gene in HGNC else []
    named = {"coding": coding} if coding else {}
    return {
        "code": {"coding": [{"system": LOINC, "code": GENE_STUDIED}]},
        "valueCodeableConcept": {**named, "text": gene},
    }


def _report(place: _Place, request: Made, specimens: list[Made], observations: list[Made]) -> Made:
    order, letter = place.order, place.order.segment.text(25).upper()
    documents = [o for o in order.observed if o.is_document]
    papers = [p for o in documents for p in _paper(o)]
    resource = {
        "resourceType": REPORT,
        "identifier": request.resource.get("identifier", []),
        "basedOn": [{"reference": request.name}],
        "status": report_status(letter),
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074",
                                  "code": order.segment.text(24) or "LAB"}]}],
        "code": request.resource["code"],
        **place.base(),
        **_times(place, ""),
        "performer": [{"display": _performer(place.report)}],
        "specimen": [{"reference": s.name} for s in specimens],
        "result": [{"reference": o.name} for o in observations],
        "presentedForm": papers,
        "conclusion": "\n".join(order.notes),
    }  # fmt: skip
    made = Made(REPORT, place.id("report"), {k: v for k, v in resource.items() if v}, letter)
    made.label = request.resource["code"]["text"]
    if not (order.filler or order.placer):
        made.notes.append("has no number of its order: a correction of it could not be told")
    if len(papers) < len(documents):
        made.notes.append("has a document that came broken: it is in the message alone")
    if documents and not observations:
        made.notes.append("is a document alone: nothing in it can be decided on")
    return made


def _paper(observed: Observed) -> Iterator[FhirJson]:
    """Yield the document that an OBX holds, where its data is there whole."""
    parts = observed.segment.repeats(5)[0]
    place = next((n for n, part in enumerate(parts) if part.casefold() == "base64"), -1)
    if place < 0 or place + 1 >= len(parts) or not parts[place + 1]:
        return
    data = parts[place + 1].replace(" ", "")
    try:
        b64decode(data, validate=True)
    except ValueError:
        return
    kind = " ".join(parts[:place]).casefold()
    shown = "application/pdf" if "pdf" in kind else "application/octet-stream"
    title = observed.segment.text(3, 2) or observed.segment.text(3)
    yield {"contentType": shown, "data": data, "title": title}
