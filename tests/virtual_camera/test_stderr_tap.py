"""What is printed to the error output, by C code too, is heard and nothing else is lost."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from avatarify.virtual_camera.stderr_tap import StderrTap

PATTERN = "error writing frame: [^\\n]*"


def test_what_matches_is_heard_and_the_rest_passed_on(capfd: pytest.CaptureFixture[str]) -> None:
    tap = StderrTap(PATTERN)
    with tap.listen() as heard:
        os.write(2, b"a line of another thread\n")
        os.write(2, b"error writing frame: No such device")
    assert heard.text == "error writing frame: No such device"
    assert capfd.readouterr().err == "a line of another thread\n"
    tap.close()


def test_silence_is_empty_and_each_block_starts_anew(capfd: pytest.CaptureFixture[str]) -> None:
    tap = StderrTap(PATTERN)
    for said in ("error writing frame: a", "", "error writing frame: b"):
        with tap.listen() as heard:
            os.write(2, said.encode())
        assert heard.text == said
    assert capfd.readouterr().err == ""
    tap.close()


def test_output_works_again_after_an_exception(capfd: pytest.CaptureFixture[str]) -> None:
    tap = StderrTap(PATTERN)
    with pytest.raises(KeyError), tap.listen():
        raise KeyError
    os.write(2, b"visible")
    assert capfd.readouterr().err == "visible"
    tap.close()


def test_program_without_error_output() -> None:
    code = (
        "import os; os.close(2)\n"
        "from avatarify.virtual_camera.stderr_tap import StderrTap\n"
        f"with StderrTap({PATTERN!r}).listen() as heard: print('in', flush=True)\n"
        "print(repr(heard.text))"
    )
    result = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["in", "''"]
