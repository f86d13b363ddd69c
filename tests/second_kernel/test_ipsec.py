"""States of IPsec are read without their keys, and followed; policies too."""

from netviz.model.ipsec import XfrmPolicy, XfrmSelector, XfrmState, XfrmTemplate
from netviz.model.topology import Topology, of_type
from tests.conformance.live import Live
from tests.second_kernel.forked import read_afresh
from tests.worlds import World

KEYS = ("0x00112233445566778899aabbccddeeff", "0x102132435465768798a9bacbdcedfe0f10213243")
STATES = f"""
ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x1000 reqid 7 mode tunnel enc 'cbc(aes)' {KEYS[0]} \
    auth-trunc 'hmac(sha1)' {KEYS[1]} 96 encap espinudp 4500 4501 0.0.0.0 flag noecn replay-window 32 mark 4 mask 0xff
ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x1000 mark 5 mask 0xff mode transport \
    enc 'cbc(aes)' {KEYS[0]} auth-trunc 'hmac(sha1)' {KEYS[1]} 128 sel src 10.0.0.0/8 dst 10.1.0.0/16 sport 7
ip xfrm state add src 2001:db8::1 dst 2001:db8::2 proto esp spi 0x1001 mode tunnel \
    aead 'rfc4106(gcm(aes))' {KEYS[1]} 128 output-mark 0x9 if_id 0x42
ip xfrm policy add src 10.0.0.0/24 dst 10.0.1.0/24 proto tcp dport 443 dir out priority 9 mark 5 mask 0xff if_id 0x42 \
    tmpl src 192.0.2.1 dst 192.0.2.2 proto esp reqid 7 mode tunnel tmpl proto comp mode transport level use
"""


def states(topology: Topology) -> list[XfrmState]:
    return sorted(of_type(topology, XfrmState), key=lambda state: (state.spi, state.mark))


def test_states_of_ipsec_are_read_with_their_algorithms_but_without_their_keys(world: World) -> None:
    world.run(["sh", "-ec", STATES])
    read = read_afresh(world)
    first, marked, other = states(read)
    assert (first.src, first.dst, first.protocol, first.spi) == ("192.0.2.1", "192.0.2.2", "esp", 0x1000)
    assert (first.mode, first.reqid, first.crypt, first.auth, first.icv_bits) == (
        "tunnel", 7, "cbc(aes)", "hmac(sha1)", 96,
    )  # fmt: skip
    assert (first.encap, first.source_port, first.target_port) == ("espinudp", 4500, 4501)
    assert (first.flags, first.replay_window, first.selector) == (("noecn",), 32, None)
    assert (marked.mark, marked.mask, marked.mode) == (5, 0xFF, "transport")
    assert marked.selector == XfrmSelector("10.0.0.0/8", "10.1.0.0/16", sport=7)
    assert (other.dst, other.aead, other.icv_bits, other.if_id) == ("2001:db8::2", "rfc4106(gcm(aes))", 128, 0x42)
    assert "output-mark" in {option.name for option in other.options}
    written = repr(list(read.values()))
    for key in KEYS:
        assert key[2:] not in written
        assert repr(bytes.fromhex(key[2:]))[2:-1] not in written


def test_policies_of_ipsec_are_read_with_their_templates(world: World) -> None:
    world.run(["sh", "-ec", STATES])
    (policy,) = of_type(read_afresh(world), XfrmPolicy)
    assert (policy.direction, policy.priority, policy.mark, policy.mask, policy.if_id) == ("out", 9, 5, 0xFF, 0x42)
    assert policy.selector == XfrmSelector("10.0.0.0/24", "10.0.1.0/24", 6, dport=443)
    assert policy.templates == (
        XfrmTemplate("esp", "tunnel", "192.0.2.1", "192.0.2.2", reqid=7),
        XfrmTemplate("comp", "transport", level="use"),
    )


def test_states_of_ipsec_are_followed(world: World, live: Live) -> None:
    world.run(["sh", "-ec", STATES])
    live.wait_until(lambda: [state.spi for state in states(live.topology)] == [0x1000, 0x1000, 0x1001])
    world.run("ip xfrm state delete src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x1000 mark 4 mask 0xff")
    live.wait_until(lambda: [(state.spi, state.mark) for state in states(live.topology)] == [(0x1000, 5), (0x1001, 0)])
    world.run("ip xfrm state flush")
    live.wait_until(lambda: not states(live.topology))
    world.run("ip xfrm policy flush")
    live.wait_until(lambda: not list(of_type(live.topology, XfrmPolicy)))
    live.wait_until_as_fresh()
