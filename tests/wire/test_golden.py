"""Golden frames: every decoder accepts the good ones and refuses the bad ones with the same code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import netviz.server.decoder
import netviz.wire.codec
from netviz.wire.problems import WireError

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
GOOD: list[dict[str, str]] = json.loads((GOLDEN / "good.json").read_text(encoding="utf-8"))
BAD: list[dict[str, str]] = json.loads((GOLDEN / "bad.json").read_text(encoding="utf-8"))
Decode = Callable[[bytes | str, Any], Any]
DECODERS: dict[str, Decode] = {"agent's": netviz.wire.codec.decode, "server's": netviz.server.decoder.decode}

each_decoder = pytest.mark.parametrize("decode", DECODERS.values(), ids=DECODERS.keys())


@each_decoder
@pytest.mark.parametrize("row", GOOD, ids=lambda row: row["name"])
def test_every_decoder_accepts_a_good_frame(row: dict[str, str], decode: Decode) -> None:
    assert json.loads(row["frame"])["t"] == decode(row["frame"], row["direction"]).TAG


@each_decoder
@pytest.mark.parametrize("row", BAD, ids=lambda row: row["name"])
def test_every_decoder_refuses_a_bad_frame_with_the_expected_error_code(row: dict[str, str], decode: Decode) -> None:
    with pytest.raises(WireError) as refusal:
        decode(row["frame"], row["direction"])
    assert refusal.value.code == row["code"]


@pytest.mark.parametrize("row", GOOD, ids=lambda row: row["name"])
def test_agent_decoder_and_server_decoder_return_the_same_frame_for_the_same_bytes(row: dict[str, str]) -> None:
    first, second = (decode(row["frame"].encode(), row["direction"]) for decode in DECODERS.values())
    assert first == second


@each_decoder
def test_invalid_utf8_is_refused(decode: Decode) -> None:
    with pytest.raises(WireError) as refusal:
        decode(b'{"t":"problem","code":"a","text":"\xff"}', "agent")
    assert refusal.value.code == "not-utf8"


@each_decoder
def test_frame_over_the_size_limit_is_refused_before_it_is_parsed(decode: Decode) -> None:
    with pytest.raises(WireError) as refusal:
        decode(b"[" * (1 << 20) + b"[", "agent")
    assert refusal.value.code == "too-large"
