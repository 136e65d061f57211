"""The file in which a release of a terminology is kept: one SQLite database, written once.

Codes are whole numbers, as those of SNOMED CT and dm+d are. What a concept is a kind of is kept as
single steps; the closure is walked when it is asked for, which takes microseconds upwards.
"""

from __future__ import annotations

FILE = "terminology.sqlite"
FORMAT = "1"  # Not clinical: of this layout
FSN, PREFERRED, ACCEPTABLE, ABBREVIATED, PREVIOUS = range(5)  # what a term is for

TABLES = """
create table meta (key text primary key, value text not null) without rowid;
create table kind (id integer primary key, name text not null);
create table concept (
    id integer primary key, active integer not null, kind integer not null, term text not null
);
create table namespace (id integer primary key);
"""
SORTED = {  # gathered as they come, and then laid down in the order of their keys
    "description": (
        "concept integer, number integer, use integer, language text, term text",
        "concept, number",
    ),
    "parent": ("child integer, parent integer", "child, parent"),
    "property": (
        "concept integer, number integer, name text, value text, type text, description text, "
        "within integer",
        "concept, number",
    ),
    "member": ("refset integer, component integer", "refset, component"),
    "mapping": (
        "refset integer, source integer, number integer, target text, grp integer, "
        "priority integer, rule text",
        "refset, source, number",
    ),
}
INDEXES = """
create index parent_down on parent (parent, child);
create index property_value on property (name, value, concept);
create index mapping_back on mapping (refset, target);
create virtual table words using fts5(
    term, content = '', detail = none, columnsize = 0,
    tokenize = "unicode61 remove_diacritics 2"
);
"""
