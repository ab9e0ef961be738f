"""The benchmark's program on Debian's own kernel, in the same emulator as Missive.

Nothing else is there: an archive with the program, Missive's shell and tools (they are Linux programs), and four
device nodes. The shell lets the booted kernel settle, runs the program, and switches the machine off.
"""

import os
import subprocess

import figures
import linux_kernel
import machine
import newc

MEMORY = "256M"
SECONDS = 580
SETTLE = 20 # seconds of the machine's own time: with -icount they cost little
SCRIPT = f"""#!/bin/sh
sleep {SETTLE}
/bin/bench
poweroff
"""
DEVICES = {"console": (5, 1), "null": (1, 3), "zero": (1, 5), "tty": (5, 0)}


def initramfs(path):
    archive = newc.Archive()
    for folder in ("bin", "dev", "proc", "tmp"):
        archive.directory(folder)
    for name, numbers in DEVICES.items():
        archive.character_device("dev/" + name, *numbers)
    for name in ("bench", "sh", "tools"):
        with open(os.path.join(machine.BUILD, "user", name), "rb") as f:
            archive.file("bin/" + name, f.read(), 0o755)
    for name in ("sleep", "poweroff"):
        archive.symlink("bin/" + name, "tools")
    archive.file("init", SCRIPT.encode(), 0o755)
    with open(path, "wb") as f:
        f.write(archive.bytes())


def measure(out):
    """(the kernel's version, its figures), or None if it cannot be had."""
    kernel = linux_kernel.fetch()
    if not kernel:
        return None
    archive, log = os.path.join(out, "linux.cpio"), os.path.join(out, "linux.log")
    initramfs(archive)
    line = ["qemu-system-riscv64", "-machine", "virt", "-cpu", "rv64", "-smp", "1", "-m", MEMORY, "-nographic",
            "-no-reboot", "-nic", "none", "-icount", "shift=0,sleep=off", "-kernel", kernel[0], "-initrd", archive,
            "-append", "console=ttyS0 quiet panic=-1 rdinit=/init"]
    with open(log, "wb") as f:
        try:
            subprocess.run(line, stdin=subprocess.DEVNULL, stdout=f, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            pass
    with open(log, "rb") as f:
        return kernel[1], figures.read(f.read().decode(errors="replace"))
