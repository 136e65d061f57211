"""Whether a snapshot of SNOMED CT is whole, and which of a concept's terms is shown.

Source: SNOMED International, Release File Specification: every active concept but the root has an
is-a to its parent and a fully specified name; what descriptions and relationships name is there.
"""

from __future__ import annotations

from collections.abc import Iterator

from garrod.adapters.packs.importers.concepts import refuse_where
from garrod.adapters.terminology.build import Builder
from garrod.adapters.terminology.packs import namespace_of
from garrod.adapters.terminology.schema import ACCEPTABLE, FSN, PREFERRED
from garrod.core.errors import KnowledgeError

ROOT = 138875005
# Whose preferred term is shown, the first that has one. Source: NHS England, UK Edition (realm
# language reference sets, clinical and pharmacy part); SNOMED International (GB and US English).
LANGUAGES = (999001261000000100, 999000691000001104, 900000000000508004, 900000000000509007)


def check_whole(builder: Builder) -> None:
    """Return nothing where the files fit together.  Raises: KnowledgeError KNO009."""
    refuse_where(
        builder,
        "select count(*), min(d.concept) from description d "
        "left join concept c on c.id = d.concept where c.id is null",
        "descriptions of concepts that are not there",
    )
    for end in ("child", "parent"):
        refuse_where(
            builder,
            f"select count(*), min(p.{end}) from parent p "
            f"left join concept c on c.id = p.{end} where c.id is null",
            "is-a relationships of concepts that are not there (an extension needs the "
            "International Edition beside it)",
        )
    refuse_where(
        builder,
        "select count(*), min(id) from concept c where active and id != "
        f"{ROOT} and not exists (select 1 from parent p where p.child = c.id)",
        "active concepts without a parent",
    )
    refuse_where(
        builder,
        "select count(*), min(id) from concept c where active and not exists (select 1 "
        f"from description d where d.concept = c.id and d.use = {FSN})",
        "active concepts without a fully specified name",
    )
    if not builder.one(f"select count(*), 0 from concept where id = {ROOT}")[0]:
        raise KnowledgeError(
            f"the root concept {ROOT} is not there; import a whole edition", code="KNO009"
        )


def choose_terms(builder: Builder) -> None:
    """Mark the preferred synonyms, and give each concept the term that is shown.

    Raises: KnowledgeError KNO009 where no language reference set says which are preferred.
    """
    if not builder.one("select count(*), 0 from loose.language where preferred")[0]:
        raise KnowledgeError(
            "no language reference set (der2_cRefset_Language…Snapshot) is there, so it is not "
            "known which terms to show: import the whole release",
            code="KNO009",
        )
    ranks = " ".join(f"when {refset} then {rank}" for rank, refset in enumerate(LANGUAGES))
    builder.db.execute(
        "create table loose.rank (description integer primary key, rank integer) without rowid"
    )
    builder.db.execute(
        "insert into loose.rank select description, min(case refset "
        f"{ranks} else {len(LANGUAGES)} end) from loose.language where preferred "
        "group by description"
    )
    builder.db.execute(
        f"update description set use = {PREFERRED} where use = {ACCEPTABLE} "
        "and number in (select description from loose.rank)"
    )
    builder.db.execute(
        "update concept set term = coalesce((select d.term from description d "
        "left join loose.rank r on r.description = d.number where d.concept = concept.id "
        f"order by d.use = {FSN}, coalesce(r.rank, {len(LANGUAGES) + 1}), d.number limit 1), '')"
    )


def namespaces(builder: Builder) -> Iterator[int]:
    """Yield the namespaces from which there are concepts, each once."""
    seen: set[int] = set()
    for (id,) in builder.db.execute("select id from concept"):
        number = namespace_of(str(id))
        if number not in seen:
            seen.add(number)
            yield number
