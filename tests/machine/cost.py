"""What a boot costs, and what there is to count it with."""

import os
import re
import shutil
import subprocess

import boot

BOOT_INSTRUCTIONS = 30_000_000
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COUNTERS = ("frames", "threads", "endpoints", "sessions")


def firmware_instructions(build):
    """How many instructions go before the kernel's first: counted by a kernel that does nothing else."""
    elf, image = (os.path.join(build, "test", name) for name in ("firmware.elf", "firmware.img"))
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "firmware.S")
    subprocess.run(["riscv64-unknown-elf-gcc", "-nostdlib", "-march=rv64imac_zicsr", "-mabi=lp64",
                    "-Wl,-Ttext=0x80200000", source, "-o", elf], check=True)
    subprocess.run(["riscv64-unknown-elf-objcopy", "-O", "binary", elf, image], check=True)
    done = subprocess.run(["qemu-system-riscv64", "-machine", "virt", "-m", "128M", "-icount", "shift=0,sleep=off",
                           "-display", "none", "-serial", "stdio", "-monitor", "none", "-kernel", image],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60, check=True)
    return int(re.findall(rb"^([0-9a-f]{16})\r?$", done.stdout, re.M)[-1], 16)


def boot_cost(build):
    """Up to a program that the first shell starts: a little more than up to that shell's prompt."""
    where = boot.Boot(ROOT, build, "release", {"ICOUNT": "1"}, [])
    where.where = os.path.join(build, "test", "release", "cost")
    folder = os.path.join(where.where, "overlay") # that program and no more, so that little is unpacked
    os.makedirs(os.path.join(folder, "bin"), exist_ok=True)
    shutil.copy(os.path.join(build, "user", "test", "instret"), os.path.join(folder, "bin"))
    status, out, err = where.boot("instret", folder, 120)
    found = re.search(rb"instret (\d+)", out)
    if not found:
        return f"no count came (status {status}): {err[-300:]!r}"
    total = int(found.group(1)) - firmware_instructions(build)
    print(f"from kernel entry to a program of the first shell: {total / 1e6:.1f} million instructions")
    return None if total <= BOOT_INSTRUCTIONS else f"{total} instructions, {BOOT_INSTRUCTIONS} at most"


def counters(build):
    where = boot.Boot(ROOT, build, "release", {}, [])
    where.where = os.path.join(build, "test", "release", "counters")
    _, out, _ = where.boot("cat /proc/missive", where.overlay([]), 60)
    missing = [name for name in COUNTERS if not re.search(rf"^{name} \d+$".encode(), out, re.M)]
    return f"/proc/missive has no {' '.join(missing)}" if missing else None


def run(build, wanted, done):
    for name, test in (("boot_takes_at_most_30_million_instructions", boot_cost), ("counters_are_there", counters)):
        if wanted("cost/" + name):
            done("cost/" + name, test(build))
