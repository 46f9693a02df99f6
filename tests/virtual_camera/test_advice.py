"""Each machine gets its own sentence and command, each refusal of pyvirtualcam its own explanation."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatarify.virtual_camera.advice import (
    LOAD,
    RELOAD,
    Machine,
    command_in,
    explain,
    in_use,
    keep_loaded,
    no_virtual_camera,
    this_machine,
)

DEBIAN = Machine("Linux", "debian")
WINDOWS, MAC = Machine("Windows"), Machine("Darwin")


def linux(folder: Path, *, release: str, installed: bool = False, secure_boot: bool | None = None) -> Machine:
    """This machine as it would look with such files."""
    for name in ("etc", "sys/firmware/efi/efivars", "modules"):
        (folder / name).mkdir(parents=True)
    (folder / "etc/os-release").write_text(release)
    if secure_boot is not None:
        variable = "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
        (folder / "sys/firmware/efi/efivars" / variable).write_bytes(bytes([6, 0, 0, 0, secure_boot]))
    listed = "updates/dkms/v4l2loopback.ko: kernel/drivers/media/videodev.ko\n" if installed else "kernel/fs/fuse.ko:\n"
    (folder / "modules/modules.dep").write_text(listed)
    return this_machine(system="Linux", etc=folder / "etc", sys=folder / "sys", modules=folder / "modules")


@pytest.mark.parametrize(
    ("release", "package"),
    [
        ('ID=debian\nVERSION_ID="12"\n', "apt install v4l2loopback-dkms"),
        ("ID=ubuntu\nID_LIKE=debian\n", "apt install v4l2loopback-dkms"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', "apt install v4l2loopback-dkms"),
        ("ID=fedora\n", "dnf install akmod-v4l2loopback"),
        ("ID=manjaro\nID_LIKE=arch\n", "pacman -S v4l2loopback-dkms"),
        ('ID=nixos\nPRETTY_NAME="NixOS"\n', "with your package manager"),
        ("", "with your package manager"),
    ],
)
def test_each_distribution_has_its_package(tmp_path: Path, release: str, package: str) -> None:
    error = no_virtual_camera(linux(tmp_path, release=release))
    assert "v4l2loopback is not installed" in error.message
    assert package in error.hint
    assert LOAD in error.hint
    assert "Secure Boot" not in error.hint


def test_driver_that_lies_there_has_only_to_be_loaded(tmp_path: Path) -> None:
    error = no_virtual_camera(linux(tmp_path, release="ID=debian\n", installed=True, secure_boot=False))
    assert "not loaded" in error.message
    assert error.hint == f"{LOAD}."


@pytest.mark.parametrize("installed", [False, True])
def test_secure_boot_is_told(tmp_path: Path, installed: bool) -> None:
    error = no_virtual_camera(linux(tmp_path, release="ID=arch\n", installed=installed, secure_boot=True))
    assert "Secure Boot is on" in error.hint
    assert "mokutil --import" in error.hint


def test_machine_without_any_of_these_files(tmp_path: Path) -> None:
    assert this_machine(system="Linux", etc=tmp_path, sys=tmp_path, modules=tmp_path) == Machine("Linux")
    assert this_machine(system="Darwin", etc=tmp_path, sys=tmp_path, modules=tmp_path) == MAC


def test_windows_and_mac_are_told_about_obs() -> None:
    assert "winget install OBSProject.OBSStudio" in no_virtual_camera(WINDOWS).hint
    assert "Unity Capture" in no_virtual_camera(WINDOWS).hint
    assert "OBS 30 or newer" in no_virtual_camera(MAC).hint
    assert "System Settings" in no_virtual_camera(MAC).hint


def test_driver_is_loaded_for_browsers_and_under_our_name() -> None:
    assert LOAD == 'sudo modprobe v4l2loopback exclusive_caps=1 card_label="Avatarify" video_nr=9'
    assert "options v4l2loopback exclusive_caps=1" in keep_loaded()


LINUX_NONE = (
    "'v4l2loopback' backend: No v4l2 loopback device found at /dev/video[0-99]. Did you run 'modprobe v4l2loopback'? "
    "See also pyvirtualcam's documentation."
)
RIGHTS = "'v4l2loopback' backend: Could not access /dev/video9 due to missing permissions. Did you add your user ...?"
BOTH_WINDOWS = (
    "'obs' backend: OBS Virtual Camera device not found! Did you install OBS?\n"
    "'unitycapture' backend: No camera registered. Did you install any camera?"
)
OBS_BUSY = (
    "'obs' backend: virtual camera output could not be started\n"
    "'unitycapture' backend: No camera registered. Did you install any camera?"
)
MAC_NONE = (
    "'obs' backend: OBS Virtual Camera is not installed in your system. Use the Virtual Camera function in OBS ..."
)


@pytest.mark.parametrize(
    ("machine", "error", "message", "hint"),
    [
        (DEBIAN, RuntimeError(LINUX_NONE), "not installed", LOAD),
        (DEBIAN, RuntimeError("Device /dev/video9 does not exist."), "There is no virtual camera /dev/video9.", LOAD),
        (DEBIAN, RuntimeError("Device /dev/video9 is not a video output device."), "takes no pictures", "modprobe -r"),
        (DEBIAN, RuntimeError("Device /dev/video9 is not a V4L2 device."), "real camera", "v4l2loopback"),
        (DEBIAN, RuntimeError("Device /dev/video9 is already in use."), "already open in this program", "Close"),
        (DEBIAN, RuntimeError(RIGHTS), "may not open /dev/video9", "usermod -aG video"),
        (DEBIAN, PermissionError(13, "Permission denied"), "may not open /dev/video9", "usermod -aG video"),
        (
            DEBIAN,
            RuntimeError("Device /dev/video9 could not be opened: Device or resource busy"),
            "Too many programs",
            "Close some",
        ),
        (
            DEBIAN,
            RuntimeError("Virtual camera device /dev/video9 could not be configured: Device or resource busy"),
            "does not take our picture size",
            "meeting app",
        ),
        (DEBIAN, KeyError("obs"), "no kind of virtual camera called obs on Linux", "Leave the kind out"),
        (DEBIAN, ImportError("No module named 'pyvirtualcam'"), "No module named", "pip install pyvirtualcam"),
        (DEBIAN, OSError(5, "Input/output error"), "Input/output error", "start again"),
        (DEBIAN, RuntimeError(""), "cannot be opened: RuntimeError", "start again"),
        (WINDOWS, RuntimeError(BOTH_WINDOWS), "no virtual camera on this computer", "winget"),
        (WINDOWS, RuntimeError(OBS_BUSY), "OBS, or another program, is sending", "Stop Virtual Camera"),
        (
            WINDOWS,
            RuntimeError("No camera registered with this name."),
            "There is no virtual camera /dev/video9",
            "OBS",
        ),
        (MAC, RuntimeError(MAC_NONE), "no virtual camera on this Mac", "OBS 30"),
        (MAC, RuntimeError("'obs' backend: Couldn't start stream"), "could not be started", "Camera Extensions"),
        (MAC, RuntimeError("Multiple cameras are not supported by this backend."), "already open", "Close the first"),
    ],
)
def test_refusals_are_explained(machine: Machine, error: Exception, message: str, hint: str) -> None:
    told = explain(error, "/dev/video9", machine)
    assert message in told.message
    assert hint in told.hint


def test_message_is_a_sentence_without_a_named_device_too() -> None:
    assert explain(RuntimeError("strange"), None, MAC).message == "The virtual camera cannot be opened: strange."


def test_who_sends_is_named_where_it_is_seen() -> None:
    assert (
        "in use by obs (process 12) or ffmpeg (process 13)"
        in in_use("/dev/video9", ("obs (process 12)", "ffmpeg (process 13)")).message
    )
    assert "another program, perhaps of another user" in in_use("/dev/video9", ()).message


@pytest.mark.parametrize(
    ("machine", "command"),
    [
        (DEBIAN, f"sudo apt install v4l2loopback-dkms linux-headers-$(uname -r) && {LOAD}"),
        (Machine("Linux", "debian", driver_installed=True, secure_boot=True), LOAD),
        (Machine("Linux"), LOAD),
        (WINDOWS, "winget install OBSProject.OBSStudio"),
        (MAC, "brew install --cask obs"),
    ],
)
def test_command_is_found_in_the_advice(machine: Machine, command: str) -> None:
    assert command_in(str(no_virtual_camera(machine))) == command


@pytest.mark.parametrize(
    ("reason", "command"),
    [
        ("Device /dev/video9 is missing permissions", "sudo usermod -aG video $USER"),
        ("Device /dev/video9 is not a video output device.", RELOAD),
        ("virtual camera output could not be started", ""),
    ],
)
def test_command_is_found_in_the_explanation_of_a_refusal(reason: str, command: str) -> None:
    assert command_in(str(explain(RuntimeError(reason), "/dev/video9", DEBIAN))) == command
