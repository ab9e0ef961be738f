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


LINUX_ALIGNMENT = 4


def archive(script):
    """A root file system with the programs and that script as process 1; more may be put in."""
    found = newc.Archive(LINUX_ALIGNMENT)
    for folder in ("bin", "dev", "proc", "tmp"):
        found.directory(folder)
    for name, numbers in DEVICES.items():
        found.character_device("dev/" + name, *numbers)
    for name in ("bench", "sh", "tools"):
        with open(os.path.join(machine.BUILD, "user", name), "rb") as f:
            found.file("bin/" + name, f.read(), 0o755)
    for name in tool_names():
        found.symlink("bin/" + name, "tools")
    found.file("init", script.encode(), 0o755)
    return found


def tool_names():
    """The names of the tools, as the tools list them."""
    tools = os.path.join(machine.BUILD, "user", "tools")
    done = subprocess.run(["qemu-riscv64", tools, "--list"], stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().split()


def boot(kernel, initrd, log):
    """What the console said until the machine was off."""
    line = ["qemu-system-riscv64", "-machine", "virt", "-cpu", "rv64", "-smp", "1", "-m", MEMORY, "-nographic",
            "-no-reboot", "-nic", "none", "-icount", "shift=0,sleep=off", "-kernel", kernel, "-initrd", initrd,
            "-append", "console=ttyS0 quiet panic=-1 rdinit=/init"]
    with open(log, "wb") as f:
        try:
            subprocess.run(line, stdin=subprocess.DEVNULL, stdout=f, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            pass
    with open(log, "rb") as f:
        return f.read().decode(errors="replace")


def run(out, script, trees=()):
    """(the kernel's version, what the script printed), or None if the kernel cannot be had."""
    kernel = linux_kernel.fetch()
    if not kernel:
        return None
    found = archive(script)
    for tree in trees:
        for name, path in sorted(machine.read_tree(tree).items()):
            if name != "bin" and name != "bin/bench":
                machine.add_path(found, name, path)
    initrd = os.path.join(out, "linux.cpio")
    with open(initrd, "wb") as f:
        f.write(found.bytes())
    return kernel[1], boot(kernel[0], initrd, os.path.join(out, "linux.log"))


def measure(out):
    """(the kernel's version, its figures), or None if it cannot be had."""
    there = run(out, SCRIPT)
    return there and (there[0], figures.read(there[1]))
