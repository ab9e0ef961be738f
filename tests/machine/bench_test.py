"""The benchmark gives every row, wherever it runs. No time is asserted: a bar is a matter for `make bench`."""

import os
import subprocess

import bench_missive
import figures

SMALLEST = "-b 1 -d 1000"
# The emulator of one program starts no second one; SCHED_FIFO needs rights; and with more than one processor here,
# two processes that yield may see no switch in a small batch.
NOT_UNDER_QEMU_USER = {"exec", "execlibc", "yield", "yieldfifo"}


def missing(rows, found, left_out=frozenset()):
    """Why the figures are not complete, or None. A row may say that the system has no such call (SKIP)."""
    bad = {r.name: found.get(r.name, "no line") for r in rows if r.name not in left_out
           and not isinstance(found.get(r.name), tuple) and not str(found.get(r.name)).startswith("SKIP")}
    return f"no figure for {bad}" if bad else None


def under_qemu_user(build):
    done = subprocess.run(["qemu-riscv64", os.path.join(build, "user", "bench"), *SMALLEST.split()],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=120, check=False)
    return missing(figures.CALLS, figures.read(done.stdout.decode()), NOT_UNDER_QEMU_USER)


def where(build, name):
    folder = os.path.join(build, "test", "bench-" + name)
    os.makedirs(folder, exist_ok=True)
    return folder


def calls_on_missive(build):
    folder = os.path.join(build, "release")
    return missing(figures.CALLS, bench_missive.calls(folder, where(build, "calls"), SMALLEST))


def calls_under_a_load(build):
    folder = os.path.join(build, "release")
    options = f"{SMALLEST} -p 5 -f 20 -m 1 -r 1000"
    return missing(figures.CALLS, bench_missive.calls(folder, where(build, "load"), options))


def messages(build, flavour="release"):
    found = bench_missive.messages(os.path.join(build, flavour), where(build, f"messages-{flavour}"))
    return missing(figures.MESSAGES, found)


def messages_checked(build):
    """On the kernel that checks its promises after every entry."""
    return messages(build, "debug")


def run(build, wanted, done):
    for name, test in (("program_gives_every_row_under_qemu_user", under_qemu_user),
                       ("program_gives_every_row_on_missive", calls_on_missive),
                       ("program_gives_every_row_under_a_load", calls_under_a_load),
                       ("message_table_has_every_row", messages),
                       ("message_table_keeps_the_promises", messages_checked)):
        if wanted("bench/" + name):
            done("bench/" + name, test(build))
