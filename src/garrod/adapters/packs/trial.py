"""Whether everything that is asked of the knowledge still works with a shelf."""

from __future__ import annotations

from garrod.care.decide.knowledge import load_knowledge
from garrod.care.govern.lowering import policies_of
from garrod.core.errors import GarrodError, KnowledgeError
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.people import load_caller


def try_shelf(shelf: Shelf) -> None:
    """Return nothing when genomes can be called and decisions made.  Raises: KnowledgeError."""
    try:
        load_caller(shelf)
        for policy in policies_of(shelf):
            load_knowledge(shelf, policy)
    except GarrodError:
        raise
    except Exception as error:
        raise KnowledgeError(
            f"with this pack the knowledge cannot be read ({type(error).__name__}: {error}); "
            "nothing was changed: correct the table or column that it names",
            code="KNO031",
        ) from error
