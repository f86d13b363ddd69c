"""What this host is called at its server."""

import pytest

from netviz.launch.run import host_name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("build-07", "build-07"),
        ("db.example.org", "db.example.org"),
        ("my host", "my-host"),
        ("_x_", "x"),
        ("<b>", "b"),
        ("\udcff", "localhost"),
        ("", "localhost"),
        ("a" * 200, "a" * 100),
    ],
)
def test_a_hosts_name_is_one_the_server_takes(given: str, name: str) -> None:
    assert host_name(given) == name
