"""Whether everything that is asked of the knowledge still works with a pack, and what it lowers."""

from __future__ import annotations

from garrod.care.decide.knowledge import load_knowledge, under
from garrod.care.govern.lowering import lowered_rules, policies_of
from garrod.core.errors import GarrodError, KnowledgeError
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.people import load_caller


def lowered_by(before: Shelf, after: Shelf) -> tuple[str, ...]:
    """Return the T1 rules that a change lowers, once it is tried that answers can be given.

    Raises: KnowledgeError KNO031, and whatever is wrong with a pack.
    """
    try:
        load_caller(after)
        known = None
        for policy in policies_of(after):
            known = under(known, after, policy) if known else load_knowledge(after, policy)
        return lowered_rules(before, after)
    except GarrodError:
        raise
    except Exception as error:  # a pack may be malformed in any way
        raise KnowledgeError(
            f"with this pack the knowledge cannot be read ({type(error).__name__}: {error}); "
            "nothing was changed: correct the table or column that it names",
            code="KNO031",
        ) from error
