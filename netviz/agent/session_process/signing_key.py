"""The agent's Ed25519 key (RFC 8032): made on this host, kept in one file, never sent.

By ctypes on OpenSSL's libcrypto, which is there wherever Python's ssl is: the agent needs no package for it.
"""

import ctypes
import ctypes.util
import os
import stat
from functools import cache
from pathlib import Path
from typing import Any

_ED25519 = 1087  # NID_ED25519, openssl/obj_mac.h
_SEED, _SIGNATURE = 32, 64


class KeyTroubleError(Exception):
    """The key cannot be used; the sentence says why and what to do."""


@cache
def _crypto() -> Any:
    for name in ("libcrypto.so.3", "libcrypto.so.1.1", ctypes.util.find_library("crypto")):
        try:
            library = ctypes.CDLL(name) if name else None
        except OSError:
            continue
        if library is not None:
            break
    else:
        raise KeyTroubleError("OpenSSL's libcrypto is not installed (package libssl3); the agent signs by it.")
    pointer, size = ctypes.c_void_p, ctypes.POINTER(ctypes.c_size_t)
    library.EVP_PKEY_new_raw_private_key.restype = pointer
    library.EVP_PKEY_new_raw_private_key.argtypes = [ctypes.c_int, pointer, ctypes.c_char_p, ctypes.c_size_t]
    library.EVP_PKEY_get_raw_public_key.argtypes = [pointer, ctypes.c_char_p, size]
    library.EVP_PKEY_free.argtypes = [pointer]
    library.EVP_PKEY_free.restype = None
    library.EVP_MD_CTX_new.restype = pointer
    library.EVP_MD_CTX_free.argtypes = [pointer]
    library.EVP_MD_CTX_free.restype = None
    library.EVP_DigestSignInit.argtypes = [pointer] * 5
    library.EVP_DigestSign.argtypes = [pointer, ctypes.c_char_p, size, ctypes.c_char_p, ctypes.c_size_t]
    return library


def _must(result: int) -> None:
    if result != 1:
        raise KeyTroubleError("OpenSSL refused an Ed25519 key; it may be older than 1.1.1.")


class Key:
    """A private key, from its 32 bytes of seed. OpenSSL's copy lives as long as the process: there is one key."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != _SEED:
            raise KeyTroubleError(f"A key has {_SEED} bytes, not {len(seed)}.")
        crypto = _crypto()
        self._handle = crypto.EVP_PKEY_new_raw_private_key(_ED25519, None, seed, len(seed))
        _must(1 if self._handle else 0)
        room, length = ctypes.create_string_buffer(_SEED), ctypes.c_size_t(_SEED)
        _must(crypto.EVP_PKEY_get_raw_public_key(self._handle, room, ctypes.byref(length)))
        self.public = room.raw.hex()

    def sign(self, message: bytes) -> str:
        """The signature, in hexadecimal."""
        crypto = _crypto()
        context = crypto.EVP_MD_CTX_new()
        try:
            _must(crypto.EVP_DigestSignInit(context, None, None, None, self._handle))
            room, length = ctypes.create_string_buffer(_SIGNATURE), ctypes.c_size_t(_SIGNATURE)
            _must(crypto.EVP_DigestSign(context, room, ctypes.byref(length), message, len(message)))
        finally:
            crypto.EVP_MD_CTX_free(context)
        return room.raw.hex()


def key_file(state: Path) -> Path:
    """Where the key of this state folder is."""
    return state / "agent.key"


def load(state: Path) -> Key:
    """The key of this folder. Raises KeyTroubleError where it is missing, open to others, or no key."""
    file = key_file(state)
    try:
        mode = file.stat().st_mode
        words = file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise KeyTroubleError(f"There is no key in {state}: enrol this host first (`netviz.agent enrol`).") from None
    except (OSError, UnicodeDecodeError) as error:
        raise KeyTroubleError(f"{file} cannot be read: {error}.") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyTroubleError(f"{file} may be read by others: `chmod 600 {file}`, and enrol again if one may have.")
    try:
        return Key(bytes.fromhex(words))
    except ValueError:
        raise KeyTroubleError(f"{file} holds no key of 64 hexadecimal digits.") from None


def load_or_make(state: Path) -> Key:
    """The key of this folder, made if there is none."""
    file = key_file(state)
    if not file.exists():
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(os.urandom(_SEED).hex() + "\n")
            out.flush()
            os.fsync(descriptor)
    return load(state)
