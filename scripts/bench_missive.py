"""The two halves of the benchmark on Missive: servers/bench alone on the machine, and user/bench in the shell.

Both are also what tests/machine/bench_test.py runs, with batches as small as they get.
"""

import os
import shutil
import subprocess

import figures
import machine
import newc

MEMORY = "128M"
SECONDS = 300
SCRIPTS = os.path.join(machine.ROOT, "scripts")
ICOUNT = "shift=0,sleep=off"


def message_image(folder, out, server="bench"):
    """A boot image of that build folder in which servers/bench (or paths) is the first server, and the only one."""
    archive = newc.Archive()
    with open(os.path.join(folder, "servers", server + ".flat"), "rb") as f:
        archive.file("servers/root", f.read(), 0o755)
    path, image = (os.path.join(out, "messages." + end) for end in ("cpio", "img"))
    with open(path, "wb") as f:
        f.write(archive.bytes())
    subprocess.run([os.path.join(SCRIPTS, "mkimage"), os.path.join(folder, "missive.elf"),
                    os.path.join(folder, "kernel.bin"), path, image], check=True)
    return image


def messages(folder, out, crowd=0, memory=MEMORY):
    """The figures of the message table, while so many threads wait. The console is kept in out."""
    line = ["qemu-system-riscv64", "-machine", "virt", "-cpu", "rv64", "-smp", "1", "-m", memory, "-no-reboot",
            "-icount", ICOUNT, "-display", "none", "-monitor", "none", "-serial", "stdio", "-bios", "default",
            "-kernel", message_image(folder, out), "-append", f"crowd={crowd}"]
    log = os.path.join(out, "messages.log")
    with open(log, "wb") as f:
        try:
            subprocess.run(line, stdin=subprocess.DEVNULL, stdout=f, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            pass
    with open(log, encoding="utf-8", errors="replace") as f:
        return figures.read(f.read())


def overlay(out):
    """A folder with the program, to be laid over the root file system."""
    folder = os.path.join(out, "overlay")
    os.makedirs(os.path.join(folder, "bin"), exist_ok=True)
    shutil.copy(os.path.join(machine.BUILD, "user", "bench"), os.path.join(folder, "bin"))
    return folder


def calls(folder, out, options="", memory=MEMORY):
    """The figures of the system-call table. What the program says on standard error is shown."""
    variables = {"CMD": f"/bin/bench {options}", "OVERLAY": overlay(out), "MEM": memory, "SMP": "1", "ICOUNT": "1",
                 "IMAGE": os.path.join(folder, "missive.img"), "LOG": os.path.join(out, "calls.log"), "DEBIAN": "",
                 "TIMEOUT": str(SECONDS)}
    done = subprocess.run([os.path.join(SCRIPTS, "exec")], env={**os.environ, **variables}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, check=False)
    return figures.read(done.stdout.decode(errors="replace"))
