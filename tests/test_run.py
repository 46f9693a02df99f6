"""The front door, as a user walks through it: real processes in a small checkout with a stand-in for the command line."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from shutil import copy, copytree

import pytest

from bootstrap.environment import Environment
from bootstrap.front import HELP, parse
from tests.fakes.virtual_environment import append, scripted_in

ROOT = Path(__file__).parent.parent
COMMAND_LINE = """
import os, sys

def main(arguments):
    sys.stdout.write(f"{arguments} in {os.getcwd()} with {sys.prefix}")
    return 7 if arguments == ["seven"] else 0
"""
posix_only = pytest.mark.skipif(os.name == "nt", reason="POSIX signals and shell scripts")


@pytest.fixture
def small(tmp_path: Path) -> Environment:
    """A checkout with the real run.py, a fake .venv that is not ready, and a command line that tells what it got."""
    scripted = scripted_in(tmp_path)
    copy(ROOT / "run.py", scripted.root)
    copytree(ROOT / "bootstrap", scripted.root / "bootstrap", ignore=lambda *_: ["__pycache__"])
    package = scripted.root / "avatarify/cli"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").write_text(COMMAND_LINE)
    return scripted


def run(small: Environment, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "run.py", *arguments]
    environment = os.environ | variables
    return subprocess.run(command, cwd=small.root, env=environment, capture_output=True, text=True, check=False)


def test_every_python_can_read_the_door() -> None:
    tree = ast.parse((ROOT / "run.py").read_text("utf-8"), feature_version=(3, 4))
    old = (ast.AnnAssign, ast.JoinedStr, ast.NamedExpr, ast.FunctionDef, ast.ClassDef)
    assert not [node for node in ast.walk(tree) if isinstance(node, old)], "Python 2.7 has to come as far as the check"
    kinds = [type(node) for node in tree.body]
    assert kinds.index(ast.If) < kinds.index(ast.ImportFrom), "the check comes before what an old Python cannot import"


def test_an_old_python_is_told_so(small: Environment) -> None:
    script = (
        "import sys, runpy; sys.version_info = (3, 8, 18, 'final', 0); runpy.run_path('run.py', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=small.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.8 is too old: install 3.10 or newer")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("given", "use_venv", "arguments", "verb"),
    [
        ([], True, [], None),
        (["demo", "--fast"], True, ["demo", "--fast"], "demo"),
        (["--no-venv", "demo"], False, ["demo"], "demo"),
        (["--debug", "--no-venv", "demo"], False, ["--debug", "demo"], "demo"),
        (["demo", "--no-venv"], True, ["demo", "--no-venv"], "demo"),
        (["--no-venv"], False, [], None),
        (["--version"], True, ["--version"], None),
    ],
)
def test_parse(given: list[str], arguments: list[str], verb: str | None, *, use_venv: bool) -> None:
    line = parse(given)
    assert (line.use_venv, line.arguments, line.verb) == (use_venv, arguments, verb)


def test_help_wanted_only_before_what_is_handed_to_pytest() -> None:
    assert parse(["demo", "-h"]).wants_help
    assert not parse(["test", "--", "--help"]).wants_help


def test_help_before_set_up_answers_and_makes_nothing(small: Environment) -> None:
    done = run(small, "--help")
    assert (done.returncode, done.stdout, done.stderr) == (0, HELP, "")
    assert not small.log.exists()
    assert not small.stamp.exists()


def test_help_names_every_verb() -> None:
    from avatarify.cli.front import VERBS

    told = [line.split()[0] for line in HELP.split("\n\n")[1].splitlines()[1:]]
    assert sorted(told) == sorted(verb.NAME for verb in VERBS)


def test_no_venv_uses_this_interpreter_and_the_folder_of_the_user(small: Environment, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "queue.py").write_text("raise SystemExit('a file of the user shadows the library')")
    command = [sys.executable, str(small.root / "run.py"), "--no-venv", "demo", "--x"]
    done = subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, check=False)
    assert done.stdout == f"['demo', '--x'] in {elsewhere} with {sys.prefix}"
    assert run(small, "--no-venv", "seven").returncode == 7
    assert not small.stamp.exists()


def test_no_venv_without_the_packages(small: Environment) -> None:
    (small.root / "avatarify/cli/__init__.py").write_text("import a_package_that_nobody_has")
    done = run(small, "--no-venv", "demo")
    assert done.returncode == 1
    assert done.stderr.startswith("error: The package a_package_that_nobody_has is not installed")


@posix_only
def test_ready_environment_takes_over_with_its_own_python(small: Environment) -> None:
    append(small, 'echo "$*"; exit 5')
    small.mark_ready(dev=False)
    done = run(small, "demo", "two words", "--help")
    assert done.stdout == f"{small.root}/run.py --no-venv demo two words --help\n"
    assert (done.returncode, done.stderr) == (5, "")


@posix_only
def test_the_verb_test_needs_the_development_packages(small: Environment) -> None:
    append(small, "exit 0")
    small.mark_ready(dev=False)
    done = run(small, "test")
    assert "requirements-dev.txt" in done.stderr
    assert small.is_ready(dev=True)


def ends(process: int, *, within_s: float) -> bool:
    """Whether a process is gone soon: on a busy machine the system takes a moment to clear a killed one away."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


@posix_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interruption_takes_pip_down_and_the_next_call_goes_on(small: Environment, number: signal.Signals) -> None:
    begun = small.root / "begun"
    append(small, f"if [ ! -e {begun} ]; then echo $$ > {begun}.draft; mv {begun}.draft {begun}; exec sleep 60; fi")
    command = [sys.executable, "run.py", "demo"]
    with subprocess.Popen(command, cwd=small.root, stderr=subprocess.PIPE, text=True) as process:
        while not begun.exists() and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(number)
        assert process.stderr is not None
        told = process.stderr.read()
    assert process.returncode == 130
    assert told.endswith("Interrupted. The same command goes on from here.\n")
    assert "Traceback" not in told
    assert ends(int(begun.read_text()), within_s=20)
    assert not small.is_ready(dev=False)
    assert run(small, "demo").returncode == 0
    assert small.is_ready(dev=False)


@posix_only
def test_a_problem_is_a_sentence_and_its_remedy(small: Environment) -> None:
    append(small, "echo 'OSError: [Errno 28] No space left on device'; exit 2")
    done = run(small, "demo")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-3:] == [
        f"error: The disk became full while setting up in {small.root}.",
        "Make about 3 GB of room and run the same command again: it goes on from here.",
        f"Full output: {small.log}",
    ]


def test_a_checkout_without_requirements(small: Environment) -> None:
    small.requirements(dev=False).unlink()
    done = run(small, "demo")
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {small.requirements(dev=False)} is missing.")


@pytest.mark.slow
def test_from_nothing_with_the_real_pip(small: Environment, tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    write_wheel(wheels, "avatarify-stand-in", modules=("cv2", "torch", "av"))
    small.requirements(dev=False).write_text("avatarify-stand-in\n")
    small.python.unlink()  # what is left is a .venv whose interpreter has gone
    index = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
    # Nothing of a stand-in's size needs the gigabytes of torch.
    problems = small.root / "bootstrap/problems.py"
    problems.write_text(
        problems.read_text("utf-8").replace("WANTED_BYTES = 3_000_000_000", "WANTED_BYTES = 100_000_000"), "utf-8"
    )
    done = run(small, "demo", **index)
    assert done.stdout == f"['demo'] in {small.root} with {small.folder}", done.stderr
    assert "avatarify stand in 1.0" in done.stderr.replace("_", " ")
    again = run(small, "demo", **index)
    assert (again.stdout, again.stderr) == (done.stdout, "")
    small.requirements(dev=False).write_text("avatarify-stand-in>=2\n")
    updated = run(small, "demo", **index)
    assert updated.returncode == 1
    assert "error: avatarify-stand-in>=2 cannot be installed for Python" in updated.stderr


def write_wheel(folder: Path, name: str, *, modules: tuple[str, ...]) -> None:
    stem = f"{name.replace('-', '_')}-1.0"
    files = {f"{module}.py": "" for module in modules} | {
        f"{stem}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in [*files, f"{stem}.dist-info/RECORD"])
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        for file, text in (files | {f"{stem}.dist-info/RECORD": record}).items():
            wheel.writestr(file, text)
