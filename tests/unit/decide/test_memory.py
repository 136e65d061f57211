"""What is remembered between people: by coded facts alone, bounded, and never another's."""

from garrod.care.decide.meanings import Meanings
from garrod.care.decide.memory import Memory
from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.science.pgx.recommend import KeyShare


def share(phenotype: str, probability: float = 1.0) -> KeyShare:
    return KeyShare("CYP2D6", (phenotype,), probability, phenotype)


def finding(gene: str, phenotype: str) -> GeneFinding:
    return GeneFinding(gene, Status.CALLED, (Candidate("x", 1.0, phenotype),), phenotype)


def test_equal_meanings_have_one_number_and_others_another() -> None:
    memory = Memory()
    first = memory.number_of((share("Poor Metabolizer"),))
    assert memory.number_of((share("Poor Metabolizer"),)) == first
    assert memory.number_of((share("Poor Metabolizer", 0.9),)) != first
    assert memory.number_of((share("Normal Metabolizer"),)) != first


def test_number_that_was_forgotten_is_never_given_again() -> None:
    memory = Memory(most=2)
    numbers = [memory.number_of((share(f"{n}"),)) for n in range(6)]
    numbers += [memory.number_of((share("0"),))]
    assert len(set(numbers)) == len(numbers)


def test_what_is_made_is_kept_until_there_is_too_much() -> None:
    memory, made = Memory(most=2), []

    def make() -> str:
        made.append(1)
        return "kept"

    assert [memory.once("a", make), memory.once("a", make)] == ["kept", "kept"]
    assert len(made) == 1
    memory.keep("b", "b")
    memory.keep("c", "c")
    assert memory.get("a") is None
    assert memory.once("a", make) == "kept"
    assert len(made) == 2


def test_meanings_take_their_numbers_from_the_memory_that_asks() -> None:
    own = Meanings((finding("CYP2D6", "Poor Metabolizer"),))
    genes = (("CYP2D6", False), ("TPMT", False))
    one, other = Memory(), Memory()
    other.number_of((share("something else"),))
    assert own.numbers(one, genes) == (0, 1)
    assert own.numbers(other, genes) == (1, 2)
    assert own.numbers(one, genes) == (0, 1)


def test_first_finding_of_a_gene_counts() -> None:
    own = Meanings((finding("CYP2D6", "Poor Metabolizer"), finding("CYP2D6", "Normal Metabolizer")))
    assert own["CYP2D6", False][0].phenotype == "Poor Metabolizer"
