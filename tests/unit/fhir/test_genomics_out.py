"""A report as a bundle: what was called is coded, what could not be told never looks called."""

from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pytest

from garrod.adapters.fhir.genomics_codes import ADVICE_URL, FINDING_URL, PROFILE
from garrod.adapters.fhir.genomics_finding import finding_in, has_finding, value_words
from garrod.adapters.report.fhir import render_fhir, report_bundle
from garrod.adapters.report.model import Report
from garrod.core.advice import Action, Advice, Because, NotAssessed, Option, Target, Tier
from garrod.core.evidence import Evidence
from garrod.core.finding import Candidate, GeneFinding, PhenotypeShare, Proof, Status
from garrod.core.person import Person

DAY = date(2026, 11, 25)
PM, IM, NM = "Poor Metabolizer", "Intermediate Metabolizer", "Normal Metabolizer"
Json = dict[str, Any]


def finding(gene: str, *candidates: Candidate, **more: Any) -> GeneFinding:
    shares: dict[tuple[str, str], float] = {}
    for c in candidates:
        key = (c.phenotype, c.activity_score)
        shares[key] = shares.get(key, 0.0) + c.probability
    told = tuple(PhenotypeShare(p, s, odds) for (p, s), odds in shares.items())
    first = told[0] if told else PhenotypeShare("", "", 0.0)
    status = more.pop("status", Status.CALLED if candidates else Status.NO_CALL)
    return GeneFinding(
        gene, status, candidates, first.phenotype, first.activity_score, told, **more
    )


def proof(**more: Any) -> Proof:
    usual = Proof("CYP2C19:94781859", "rs4244285", "g.94781859G>A", "called", ("A", "A"), 7,
                  "chr10:94781859 G>A 1/1")  # fmt: skip
    return replace(usual, **more)


CALLED = finding("CYP2C19", Candidate("*2/*2", 1.0, PM, "", (PM,)), proofs=(proof(),))
OPEN = finding(
    "CYP2D6", Candidate("*1/*4", 0.62, IM, "1.0"), Candidate("*1/*10", 0.375, NM, "1.25"),
    status=Status.AMBIGUOUS, remainder=0.005, reasons=("SNV only",),
)  # fmt: skip
SILENT = finding("F5", reasons=("no defining position was read",), missing=("F5:1",))
UNASKED = finding("HLA-A", status=Status.NOT_ASSESSED)
ALL = (CALLED, OPEN, SILENT, UNASKED)
CPIC = Evidence("CPIC", "1", "clopidogrel", "CC0-1.0", pmid="35034351")


def advice(name: str, action: Action, *genes: str, **more: Any) -> Advice:
    step = more.pop("step", "phenotype")
    because = tuple(Because(step, f"{g}: result", g) for g in genes)
    usual = Advice(
        f"pgx-{name}-{action.value}", action, Target(name), more.pop("tier", Tier.T2), "strong",
        f"{name}: {action.value}", "Why, in words.", because, (CPIC,), ("p@1",),
    )  # fmt: skip
    return replace(usual, **more)


def report(*findings: GeneFinding, **more: Any) -> Report:
    return Report("Report", "S1", "GRCh38", "x.vcf", "0" * 64, DAY, "garrod 0.2", findings=findings,
                  **more)  # fmt: skip


def resources(made: Json, ending: str) -> list[Json]:
    """Return the bundle's resources of a type, or of a profile of the guide."""
    found = [e["resource"] for e in made["entry"]]
    return [
        r for r in found
        if r["resourceType"] == ending
        or f"{PROFILE}/{ending}" in r.get("meta", {}).get("profile", [])
    ]  # fmt: skip


def genotypes(made: Json) -> dict[str, Json]:
    return {g["component"][0]["valueCodeableConcept"].get("text") or
            g["component"][0]["valueCodeableConcept"]["coding"][0]["display"]: g
            for g in resources(made, "genotype")}  # fmt: skip


def lines_of(resource: Json) -> list[str]:
    """Return the lines of a resource's one note."""
    (only,) = resource["note"]
    return str(only["text"]).split("\n")


def code_of(concept: Json) -> str:
    return str(concept["coding"][0]["code"])


def component(resource: Json, code: str) -> list[Json]:
    return [c for c in resource["component"] if code_of(c["code"]) == code]


def test_same_report_gives_the_same_bundle_and_another_day_other_ids() -> None:
    made = report(*ALL, now=(advice("clopidogrel", Action.AVOID, "CYP2C19"),))
    assert render_fhir(made) == render_fhir(made)
    other = report_bundle(replace(made, made_on=date(2026, 11, 26)))
    ids = {e["fullUrl"] for e in report_bundle(made)["entry"]}
    assert ids.isdisjoint(e["fullUrl"] for e in other["entry"])


def test_every_reference_leads_into_the_bundle_and_no_url_stands_twice() -> None:
    made = report_bundle(report(*ALL, now=(advice("clopidogrel", Action.AVOID, "CYP2C19"),)))
    urls = [e["fullUrl"] for e in made["entry"]]
    assert len(urls) == len(set(urls))
    text = orjson.dumps(made).decode()
    assert {u.split('"')[0] for u in text.split('"reference":"')[1:]} <= set(urls)


def test_called_pair_has_a_haplotype_a_strand_and_its_variant() -> None:
    made = report_bundle(report(CALLED))
    genotype = genotypes(made)["CYP2C19"]
    assert genotype["valueCodeableConcept"] == {"text": "CYP2C19 *2/*2"}
    strands = [h["valueCodeableConcept"]["text"] for h in resources(made, "haplotype")]
    assert strands == ["CYP2C19 *2", "CYP2C19 *2"]
    assert len(genotype["derivedFrom"]) == 3
    assert "note" not in genotype


def test_open_gene_names_every_candidate_with_its_probability_and_codes_none() -> None:
    made = report_bundle(report(OPEN))
    genotype = genotypes(made)["CYP2D6"]
    assert code_of(genotype["valueCodeableConcept"]) == "LA11884-6"
    assert genotype["valueCodeableConcept"]["text"] == (
        "CYP2D6: not settled; possible are *1/*4 (62 %) or *1/*10 (38 %)"
    )
    assert lines_of(genotype) == [
        f"possible: *1/*4, probability 0.62, {IM}, activity score 1.0",
        f"possible: *1/*10, probability 0.375, {NM}, activity score 1.25",
        "SNV only",
    ]
    assert resources(made, "haplotype") == []
    (told,) = resources(made, "therapeutic-implication")
    assert component(told, "therapeutic-implication") == []
    assert "not settled" in component(told, "conclusion-string")[0]["valueString"]


def test_candidate_alone_of_an_open_gene_is_not_stated_either() -> None:
    lone = finding("CYP2D6", Candidate("*1/*1", 1.0, NM, "2.0"), status=Status.AMBIGUOUS)
    made = report_bundle(report(lone))
    assert "not settled" in genotypes(made)["CYP2D6"]["valueCodeableConcept"]["text"]
    (told,) = resources(made, "therapeutic-implication")
    assert component(told, "therapeutic-implication") == []
    assert genotypes(made)["CYP2D6"]["note"][0]["text"].startswith("possible: *1/*1")


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [(SILENT, "final", "LA18198-4"), (UNASKED, "cancelled", "not-performed")],
)
def test_gene_without_a_result_says_why(told: GeneFinding, status: str, code: str) -> None:
    made = report_bundle(report(told))
    genotype = genotypes(made)[told.gene]
    assert (genotype["status"], code_of(genotype["valueCodeableConcept"])) == (status, code)
    assert genotype["note"][0]["text"] == (told.reasons or ("no reason is stated",))[0]
    assert resources(made, "therapeutic-implication") == []


def test_reading_that_nothing_explains_is_indeterminate() -> None:
    odd = finding("CYP2B6", status=Status.AMBIGUOUS, reasons=("nothing fits",))
    value = genotypes(report_bundle(report(odd)))["CYP2B6"]["valueCodeableConcept"]
    assert code_of(value) == "LA11884-6"
    assert "nothing known explains" in value["text"]


def test_many_candidates_are_counted_not_listed_in_the_value() -> None:
    many = tuple(Candidate(f"*1/*{n}", 0.2 if n else 0.004, NM) for n in range(6))
    words = value_words(finding("CYP2D6", *many, status=Status.AMBIGUOUS))
    assert words.endswith("or 2 more")
    assert "*1/*0 (below 1 %)" in words


def test_phenotype_is_coded_where_it_is_sure_and_only_in_known_words() -> None:
    score = finding("DPYD", Candidate("Reference/Reference", 1.0, NM, "2.0"))
    odd = finding("RYR1", Candidate("Reference/Reference", 1.0, "Uncertain Susceptibility"))
    none = finding("VKORC1", Candidate("x/x", 1.0, "n/a"))
    made = report_bundle(report(score, odd, none))
    coded = [component(t, "therapeutic-implication") for t in
             resources(made, "therapeutic-implication")]  # fmt: skip
    assert [[c["valueCodeableConcept"] for c in parts] for parts in coded] == [
        [{"coding": [{"system": "http://loinc.org", "code": "LA25391-6",
                      "display": "Normal metabolizer"}], "text": NM}],
        [{"text": "Uncertain Susceptibility"}],
        [],
    ]  # fmt: skip
    words = component(resources(made, "therapeutic-implication")[0], "conclusion-string")
    assert words[0]["valueString"] == f"DPYD: {NM}, activity score 2.0"


def parts_of(seen: Proof) -> dict[str, Any]:
    made = report_bundle(report(replace(CALLED, proofs=(seen,))))
    (variant,) = resources(made, "variant")
    return {code_of(c["code"]): c for c in variant["component"]} | {"note": variant["note"]}


def test_variant_says_where_it_is_and_which_line_says_so() -> None:
    parts = parts_of(proof())
    assert parts["note"] == [{"text": "line 7: chr10:94781859 G>A 1/1"}]
    assert code_of(parts["81290-9"]["valueCodeableConcept"]) == "NC_000010.11:g.94781859G>A"
    assert parts["81254-5"]["valueRange"] == {"low": {"value": 94781859}}
    assert code_of(parts["53034-5"]["valueCodeableConcept"]) == "LA6705-3"
    assert code_of(parts["81252-9"]["valueCodeableConcept"]) == "rs4244285"


@pytest.mark.parametrize(
    ("changes", "sequence", "state"),
    [
        ({"alleles": ("G", "A")}, "NC_000010.11", "LA6706-1"),
        ({"alleles": ("A",), "record": "X:5 G>A 1"}, "NC_000023.11", "LA6707-9"),
        ({"alleles": ("A",), "record": "chrM:5 G>A 1"}, "NC_012920.1", "LA6704-6"),
        ({"record": "NC_000010.11:5 G>A 1/1"}, "", "LA6705-3"),
        ({"record": "99:5 G>A 1/1"}, "", "LA6705-3"),
    ],
)
def test_variant_names_its_sequence_and_state(changes: Any, sequence: str, state: str) -> None:
    parts = parts_of(proof(**changes))
    assert code_of(parts["53034-5"]["valueCodeableConcept"]) == state
    assert ("48013-7" in parts) == bool(sequence)
    if sequence:
        assert code_of(parts["48013-7"]["valueCodeableConcept"]) == sequence


def test_variant_of_several_names_or_none_claims_no_name() -> None:
    parts = parts_of(proof(hgvs="g.1A>C; g.1A>G", rsid="", position_id="X:y", record="", line=None))
    assert not {"81290-9", "81252-9", "81254-5", "48013-7"} & set(parts)
    assert parts["note"] == [{"text": "the alleles read: A/A"}]
    assert "48013-7" in parts_of(proof(hgvs="g.1A>C; g.1A>G"))


@pytest.mark.parametrize("alleles", [("?", "A"), (".", "A")])
def test_reading_of_unknown_bases_is_no_variant(alleles: tuple[str, str]) -> None:
    made = report_bundle(report(replace(CALLED, proofs=(proof(alleles=alleles),))))
    assert resources(made, "variant") == []


@pytest.mark.parametrize(
    ("action", "factor", "profile", "code"),
    [
        (Action.AVOID, None, "medication-recommendation", "LA26421-0"),
        (Action.PREFER_ALTERNATIVE, None, "medication-recommendation", "LA26421-0"),
        (Action.START_LOWER, None, "medication-recommendation", "LA26422-8"),
        (Action.START_HIGHER, None, "medication-recommendation", "LA26423-6"),
        (Action.ADJUST, "0.5", "medication-recommendation", "LA26422-8"),
        (Action.ADJUST, "1.25-1.5", "medication-recommendation", "LA26423-6"),
        (Action.ADJUST, "0.8-1.2", "followup-recommendation", ""),
        (Action.ADJUST, "half", "followup-recommendation", ""),
        (Action.ADJUST, None, "followup-recommendation", ""),
        (Action.MONITOR, None, "followup-recommendation", ""),
        (Action.TEST_FIRST, None, "followup-recommendation", "LA14022-0"),
        (Action.CONSIDER_TEST, None, "followup-recommendation", "LA14022-0"),
    ],
)
def test_act_becomes_a_task_of_the_profile_that_can_say_it(
    action: Action, factor: str | None, profile: str, code: str
) -> None:
    one = advice("drug", action, "CYP2C19", dose_factor=factor)
    (task,) = resources(report_bundle(report(CALLED, now=(one,))), "Task")
    assert task["meta"]["profile"] == [f"{PROFILE}/{profile}"]
    assert (code_of(task["code"]) if "coding" in task["code"] else "") == code


@pytest.mark.parametrize("action", [Action.STANDARD, Action.NO_RECOMMENDATION])
def test_nothing_to_do_is_no_task(action: Action) -> None:
    made = report_bundle(report(CALLED, next=(advice("drug", action, "CYP2C19"),)))
    assert resources(made, "Task") == []
    assert len(resources(made, "therapeutic-implication")) == 2


def test_advice_says_its_medicine_phenotype_evidence_and_how_sure() -> None:
    one = advice(
        "clopidogrel", Action.AVOID, "CYP2C19", tier=Tier.T1, p_recommendation=0.98, stable=True,
        target=Target("clopidogrel", ("http://www.whocc.no/atc|B01AC04", "odd")), dose_factor="0",
        population="ACS", next_position="CYP2C19:1", monitoring=("platelets",),
        options=(Option("prasugrel", "not by CYP2C19"),),
        evidence=(CPIC, Evidence("DPWG", "2", "x", "CC", url="https://d.example/x"),
                  Evidence("own", "", "", "CC")),
    )  # fmt: skip
    made = report_bundle(report(CALLED, now=(one,)))
    seen = resources(made, "therapeutic-implication")[1]
    assert component(seen, "51963-7")[0]["valueCodeableConcept"]["coding"] == [
        {"system": "http://www.whocc.no/atc", "code": "B01AC04", "display": "clopidogrel"}
    ]
    told = component(seen, "therapeutic-implication")[0]["valueCodeableConcept"]
    assert (code_of(told), told["text"]) == ("LA9657-3", f"CYP2C19 {PM}")
    assert component(seen, "81259-4")[0]["valueCodeableConcept"] == {"text": "ACS"}
    cited = [e["valueRelatedArtifact"].get("url") for e in seen["extension"][:-1]]
    assert cited == ["https://pubmed.ncbi.nlm.nih.gov/35034351/", "https://d.example/x", None]
    own = next(e for e in seen["extension"] if e["url"] == ADVICE_URL)["extension"]
    assert [(e["url"], *[v for k, v in e.items() if k != "url"]) for e in own] == [
        ("action", "avoid"), ("tier", "T1"), ("probability", 0.98), ("stable", True),
        ("dose-factor", "0"), ("next-position", "CYP2C19:1"), ("pack", "p@1"),
    ]  # fmt: skip
    (task,) = resources(made, "Task")
    assert task["priority"] == "asap"
    assert lines_of(task) == [
        "option: prasugrel: not by CYP2C19", "monitor: platelets",
    ]  # fmt: skip
    (whole,) = resources(made, "DiagnosticReport")
    urls = [e["url"] for e in whole["extension"]]
    assert urls.count(f"{PROFILE}/recommended-action") == 1


def test_advice_for_a_medicine_that_is_not_taken_is_an_if() -> None:
    one = advice("codeine", Action.AVOID, "CYP2C19", tier=Tier.T1)
    (task,) = resources(report_bundle(report(CALLED, next=(one,))), "Task")
    assert task["description"].startswith("If codeine is considered: ")
    assert task["priority"] == "routine"


def test_gene_that_behaves_otherwise_is_noted_and_not_coded() -> None:
    steps = (Because("phenotype", "x", "CYP2C19"), Because("behaves-as", "behaves as y", "CYP2C19"))
    one = advice("clopidogrel", Action.AVOID, because=steps)
    seen = resources(report_bundle(report(CALLED, now=(one,))), "therapeutic-implication")[1]
    assert component(seen, "therapeutic-implication") == []
    assert seen["note"] == [{"text": "behaves as y"}]


def test_open_gene_of_an_advice_is_not_coded_in_it() -> None:
    one = advice("codeine", Action.ASK, "CYP2D6")
    seen = resources(report_bundle(report(OPEN, now=(one,))), "therapeutic-implication")[1]
    assert component(seen, "therapeutic-implication") == []


def test_request_for_a_test_is_derived_from_the_gene_that_was_not_assessed() -> None:
    one = advice("abacavir", Action.TEST_FIRST, "HLA-A", "CYP9", step="not-tested")
    made = report_bundle(report(UNASKED, now=(one,)))
    (seen,) = resources(made, "therapeutic-implication")
    assert [d["display"] for d in seen["derivedFrom"]] == ["HLA-A"]
    lone = advice("abacavir", Action.TEST_FIRST, "CYP9", step="not-tested")
    (task,) = resources(report_bundle(report(UNASKED, now=(lone,))), "Task")
    assert "reasonReference" not in task


def test_report_lists_what_was_not_assessed_and_what_needs_no_change() -> None:
    gap = NotAssessed(Target("codeine"), "CYP2D6", "no result")
    made = report_bundle(report(CALLED, not_assessed=(gap,), clear=("omeprazole: fine",),
                                warnings=("odd file",), packs=("p@1",)))  # fmt: skip
    (whole,) = resources(made, "DiagnosticReport")
    notes = [e["valueAnnotation"]["text"] for e in whole["extension"]]
    assert notes[1:] == [
        "Not assessed: codeine, CYP2D6: no result", "No change: omeprazole: fine",
        "Warning: odd file", "Read from x.vcf (GRCh38), sample S1", "Packs: p@1",
    ]  # fmt: skip
    assert "Not a medical device" in notes[0]
    assert whole["conclusion"] == (
        "Genes: 1 called. For the medicines taken: nothing to say of those assessed."
    )


def test_report_of_genes_alone_does_not_say_that_medicines_give_no_cause() -> None:
    (whole,) = resources(report_bundle(report(CALLED)), "DiagnosticReport")
    assert whole["conclusion"] == "Genes: 1 called. No medicine was assessed."


def test_patient_is_who_the_person_is_and_synthetic_is_marked() -> None:
    person = Person("Patient/1", name="Ada  Example", sex="female", birth_date=date(1960, 1, 2))
    made = report_bundle(report(subject_note="Synthetic person"), person)
    (patient,) = resources(made, "Patient")
    assert (patient["gender"], patient["birthDate"]) == ("female", "1960-01-02")
    assert patient["name"] == [{"text": "Ada Example"}]
    assert patient["meta"]["security"][0]["code"] == "HTEST"
    (nobody,) = resources(report_bundle(report(), Person("Patient/1")), "Patient")
    assert nobody["gender"] == "unknown"
    assert not {"name", "birthDate", "meta"} & set(nobody)
    (device,) = resources(report_bundle(replace(report(), software="")), "Device")
    assert device["deviceName"][0]["name"] == "garrod"


@pytest.mark.parametrize("told", ALL)
def test_finding_comes_back_whole_from_its_extension(told: GeneFinding) -> None:
    assert finding_in(genotypes(report_bundle(report(told)))[told.gene]) == told


def test_observation_without_our_extension_has_no_finding() -> None:
    assert finding_in({"extension": [{"url": "x"}]}) is None
    assert not has_finding({"extension": [{"url": "x"}]})


def tampered(told: GeneFinding, url: str, value: Json | None) -> Json:
    """Return a genotype in whose extension one part is changed, or left out."""
    genotype = genotypes(report_bundle(report(told)))[told.gene]
    parts = genotype["extension"][0]["extension"]
    kept = [p for p in parts if p["url"] != url]
    genotype["extension"][0]["extension"] = kept + ([{"url": url, **value}] if value else [])
    return genotype


@pytest.mark.parametrize(
    ("url", "value"),
    [
        ("status", {"valueCode": "certain"}),
        ("status", None),
        ("status", {"valueCode": "no-call"}),
        ("origin", {"valueCode": "guess"}),
        ("gene", None),
        ("remainder", None),
        ("remainder", {"valueDecimal": True}),
        ("remainder", {"valueDecimal": 0.5}),
        ("remainder", {"valueDecimal": -1}),
        ("candidate", None),
        ("candidate", {"extension": [{"url": "name", "valueString": "x"}]}),
        ("candidate", {"extension": [{"url": "probability", "valueDecimal": 1}]}),
        ("share", None),
        ("phenotype", {"valueString": "Normal Metabolizer"}),
    ],
)
def test_extension_that_cannot_be_so_is_not_believed(url: str, value: Json | None) -> None:
    genotype = tampered(CALLED, url, value)
    assert finding_in(genotype) is None
    assert has_finding(genotype)


@pytest.mark.parametrize(
    "part",
    [
        {"url": "proof", "extension": [{"url": "line", "valueInteger": "x"}]},
        {"url": "reasons", "valueString": "an added reason"},
        {"url": "position", "extension": [{"url": "name", "valueString": "rs1"}]},
        {"url": "packs", "valueString": "p@2"},
    ],
)
def test_part_that_was_added_later_is_not_believed(part: Json) -> None:
    genotype = genotypes(report_bundle(report(CALLED)))["CYP2C19"]
    genotype["extension"][0]["extension"].append(part)
    assert finding_in(genotype) is None


def test_key_that_was_changed_is_not_believed() -> None:
    genotype = genotypes(report_bundle(report(CALLED)))["CYP2C19"]
    text = orjson.dumps(genotype).decode()
    changed = text.replace('"key","valueString":"Poor', '"key","valueString":"Normal')
    assert changed != text
    assert finding_in(orjson.loads(changed)) is None


def test_number_written_without_its_nought_is_the_same() -> None:
    genotype = genotypes(report_bundle(report(CALLED)))["CYP2C19"]
    text = orjson.dumps(genotype).decode()
    plain = text.replace('"valueDecimal":1.0', '"valueDecimal":1')
    assert plain != text
    assert finding_in(orjson.loads(plain)) == CALLED


def test_extension_is_named_under_our_own_address() -> None:
    assert FINDING_URL.startswith("https://")
