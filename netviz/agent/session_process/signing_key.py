"""The agent's Ed25519 key (RFC 8032), with which it proves its identity: generated on this host, kept in one file,
never sent.

The module calls OpenSSL's libcrypto by ctypes. Python's ssl module needs libcrypto anyway, so the agent needs no
further package.
"""

import ctypes
import ctypes.util
import errno
import os
import stat
from functools import cache
from pathlib import Path
from typing import Any

_ED25519 = 1087  # NID_ED25519, openssl/obj_mac.h
_SEED, _SIGNATURE = 32, 64
_LONGEST = 256  # characters of the file that are read; a key has 64


class UnusableKeyError(Exception):
    """Raised if the agent's key cannot be used; the message says why and what to do."""


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
        raise UnusableKeyError("OpenSSL's libcrypto is missing; the agent signs with it. Install the package libssl3.")
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
        raise UnusableKeyError("OpenSSL refused an Ed25519 key. The agent needs OpenSSL 1.1.1 or newer.")


class Key:
    """A private key, made from a 32-byte seed. OpenSSL's copy is never freed, because a process has only one key."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != _SEED:
            raise UnusableKeyError(f"The agent's key must have {_SEED} bytes, but this one has {len(seed)}.")
        crypto = _crypto()
        self._handle = crypto.EVP_PKEY_new_raw_private_key(_ED25519, None, seed, len(seed))
        _must(1 if self._handle else 0)
        room, length = ctypes.create_string_buffer(_SEED), ctypes.c_size_t(_SEED)
        _must(crypto.EVP_PKEY_get_raw_public_key(self._handle, room, ctypes.byref(length)))
        self.public = room.raw.hex()

    def sign(self, message: bytes) -> str:
        """Returns the signature of these bytes, in hexadecimal."""
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
    """Returns the path of the agent's key in this state folder."""
    return state / "agent.key"


def load(state: Path) -> Key:
    """Loads the key from the state folder. Raises UnusableKeyError if it is missing or invalid, or if another user
    could have read or replaced it.
    """
    file = key_file(state)
    try:
        _check_folder(state)
        with os.fdopen(
            os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), encoding="ascii"
        ) as opened:
            _check_file(file, os.fstat(opened.fileno()))
            words = opened.read(_LONGEST).strip()
    except FileNotFoundError:
        raise UnusableKeyError(f"There is no key in {state}. Enrol this host first (`netviz.agent enrol`).") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableKeyError(_unreadable(file, error)) from None
    try:
        return Key(bytes.fromhex(words))
    except ValueError:
        raise UnusableKeyError(
            f"{file} does not contain a key of 64 hexadecimal digits. Delete it and enrol this host again."
        ) from None


def _check_folder(state: Path) -> None:
    found = state.stat()
    if found.st_uid not in (os.geteuid(), 0):
        raise UnusableKeyError(
            f"{state} belongs to user {found.st_uid}, who could replace the key. Use another folder."
        )
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise UnusableKeyError(f"Others can replace the key in {state}. Run `chmod go-w {state}`.")


def _check_file(file: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise UnusableKeyError(f"{file} is not a file. Delete it and enrol this host again.")
    if found.st_uid not in (os.geteuid(), 0):
        raise UnusableKeyError(f"{file} belongs to user {found.st_uid}. Delete it and enrol this host again.")
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UnusableKeyError(f"Others can read {file}. Run `chmod 600 {file}`; enrol again if anybody did read it.")


def _unreadable(file: Path, error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return f"{file} is a symbolic link. Put the key itself there, or delete the link and enrol this host again."
    return f"Cannot read {file}: {error}."


def load_or_make(state: Path) -> Key:
    """Loads the key from the state folder, or generates one there if there is none. Raises UnusableKeyError as `load`
    does.
    """
    file = key_file(state)
    if not os.path.lexists(file):
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_folder(state)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as out:
                out.write(os.urandom(_SEED).hex() + "\n")
                out.flush()
                os.fsync(descriptor)
        except OSError:  # the disk is full: a file without a key would be in the way of the next attempt
            file.unlink()
            raise
    return load(state)
