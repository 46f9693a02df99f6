"""Hashes, and all of them compared."""

from __future__ import annotations

from pathlib import Path

from avatarify.catalog.digest import Digest, Pins, digest_file

MD5_ABC = "900150983cd24fb0d6963f7d28e17f72"
SHA256_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def digest_of(*pieces: bytes) -> Digest:
    digest = Digest()
    for piece in pieces:
        digest.update(piece)
    return digest


def test_known_values(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    for digest in (digest_of(b"a", b"bc"), digest_file(path)):
        assert (digest.size, digest.md5, digest.sha256) == (3, MD5_ABC, SHA256_ABC)


def test_every_pin_is_compared() -> None:
    abc = digest_of(b"abc")
    for pins in (Pins(), Pins(3), Pins(3, MD5_ABC), Pins(None, "", SHA256_ABC), Pins(3, MD5_ABC, SHA256_ABC)):
        assert pins.mismatch(abc) == ""
    assert Pins(4).mismatch(abc) == "has 3 bytes, expected 4"
    assert Pins(md5="0" * 32).mismatch(abc) == f"has md5 {MD5_ABC}, expected {'0' * 32}"
    assert Pins(md5=MD5_ABC, sha256="0" * 64).mismatch(abc) == f"has sha256 {SHA256_ABC}, expected {'0' * 64}"


def test_a_size_alone_is_no_hash() -> None:
    assert not Pins(3).hashed
    assert Pins(md5=MD5_ABC).hashed
    assert Pins(sha256=SHA256_ABC).hashed
