"""Where a server listens: the port that was asked for, a free one for 0, or none."""

import socket

import pytest

from garrod.core.errors import InputError
from garrod.entry.cli.serve import check_port


def test_port_0_is_one_that_is_free() -> None:
    port = check_port("127.0.0.1", 0)
    assert port > 0
    assert check_port("127.0.0.1", port) == port


@pytest.mark.parametrize("port", [-1, 65_536])
def test_what_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(InputError, match=f"port {port} cannot be used") as caught:
        check_port("127.0.0.1", port)
    assert caught.value.code == "INP040"


def test_port_that_is_taken_is_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InputError, match="choose another with --port"):
            check_port("127.0.0.1", taken.getsockname()[1])
