"""Golden frames: every decoder accepts the good ones and refuses the bad ones with the same code."""

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

import netviz.server.decoder
import netviz.wire.codec
from netviz.wire.frames import FRAME_TYPES
from netviz.wire.problems import WireError
from netviz.wire.shapes import fields_of, records

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


def fields_within(value: Any) -> Iterator[tuple[str, str]]:
    """Yields the class and the name of each field in a frame, in the objects in it as well, that the frame gives."""
    if dataclasses.is_dataclass(value) or hasattr(value, "_fields"):
        for field in fields_of(type(value)):
            member = getattr(value, field.name)
            if field.required or member != field.default:
                yield type(value).__name__, field.name
                yield from fields_within(member)
    elif isinstance(value, tuple):
        for member in value:
            yield from fields_within(member)


def test_every_field_of_every_class_on_the_wire_is_in_a_good_frame() -> None:
    every = {(name, field.name) for name, cls in records(FRAME_TYPES).items() for field in fields_of(cls)}
    frames = [netviz.wire.codec.decode(row["frame"], cast(Any, row["direction"])) for row in GOOD]
    assert every - {found for frame in frames for found in fields_within(frame)} == set()


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
