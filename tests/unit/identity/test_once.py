"""What may be used once is used once, and what is over is not remembered for ever."""

from garrod.adapters.identity.once import MOST, Once


def test_thing_is_used_once_until_it_is_over() -> None:
    once = Once()
    assert once.use("a", 10, now=0)
    assert not once.use("a", 10, now=5)
    assert once.use("b", 10, now=5)
    assert not once.use("c", 10, now=11)  # over before it came
    assert once.use("a", 30, now=20)


def test_where_too_much_is_remembered_nothing_more_is_let_through() -> None:
    once = Once()
    assert all(once.use(str(n), 100, now=0) for n in range(MOST))
    assert not once.use("one more", 100, now=0.5)
    assert once.use("one more", 200, now=101)
