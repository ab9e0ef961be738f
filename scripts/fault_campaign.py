"""One fault in one server, and what becomes of the system: for scripts/faults and its test.

Each run boots the debug image, injects a fault into a server (tests/faults/faults.c), and runs commands. Compared with
the run without a fault the outcome is one of

    masked      the same output and the same state
    error       a program saw an error or something else than it should have
    came back   the server died, and root started it anew
    hung        no end within the budget of instructions
    died        the system ended
"""

import collections
import concurrent.futures
import os
import random
import re
import subprocess

import machine

HERE = os.path.dirname(os.path.abspath(__file__))
FAULTS = os.path.join(machine.ROOT, "tests", "faults")
# Operations of each server in a run, about: a fault comes before one of them.
OPERATIONS = {"memory": 2000, "process": 700, "terminal": 25, "pipe": 250, "fs": 600, "event": 40}
KINDS = ("flip", "wild", "null", "lost", "loop")
OUTCOMES = ("masked", "error", "came back", "hung", "died")
BUDGET = 2_000_000_000  # instructions; a run without a fault takes less than a tenth
SECONDS = 300
# 16 ns an instruction: root's patience with a loop is counted in time. The clock is the machine's own.
QEMU = "-icount shift=4,sleep=off -rtc base=2026-01-01,clock=vm"
COMMAND = "sh /workload.sh; echo; sh /state.sh"


class Fault(collections.namedtuple("Fault", "seed server kind operation")):
    def __str__(self):
        return f"{self.server}:{self.kind}:{self.operation}:{self.seed}"


def fault(seed):
    dice = random.Random(seed)
    server = dice.choice(sorted(OPERATIONS))
    return Fault(seed, server, dice.choice(KINDS), dice.randint(1, OPERATIONS[server]))


class Run:
    """One boot with that fault, or with none."""

    def __init__(self, folder, image, what, command=COMMAND):
        self.log = os.path.join(folder, f"{what or 'none'}.log")
        wrapper = os.path.join(folder, f"{what or 'none'}.qemu")
        with open(wrapper, "w", encoding="ascii") as f:
            f.write(f"#!/bin/sh\nexec qemu-system-riscv64 -plugin {folder}/budget.so,instructions={BUDGET} \"$@\" "
                    f"{QEMU} -append fault={what}\n")
        os.chmod(wrapper, 0o755)
        environment = {**os.environ, "QEMU": wrapper, "LOG": self.log, "IMAGE": image, "OVERLAY": FAULTS, "ICOUNT": "",
                       "DEBIAN": "", "CMD": command, "TIMEOUT": str(SECONDS)}
        done = subprocess.run([os.path.join(HERE, "exec")], env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.output, self.errors, self.status = done.stdout, done.stderr, done.returncode
        with open(self.log, "rb") as f:
            self.console = f.read()

    def happened(self):
        return b"fault: " in self.console or b"panic:" in self.console

    def outcome(self, right):
        """right: the run without a fault."""
        if b"budget: " in self.errors or b"no status after" in self.errors:
            return "hung"
        if b"without a status" in self.errors:
            return "died"
        if re.search(rb"root: \w+ starts again", self.console):
            return "came back"
        return "masked" if (self.output, self.status) == (right.output, right.status) else "error"


def build_budget(folder):
    subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", os.path.join(HERE, "budget.c"), "-o",
                    os.path.join(folder, "budget.so")], check=True)


def campaign(image, seeds, folder, tell):
    """[(fault, outcome)] of the faults that happened."""
    build_budget(folder)
    right = Run(folder, image, "")
    if right.status != 0 or b"panic:" in right.console:
        raise machine.Refused(f"the run without a fault went wrong: {right.errors[-500:]!r}")

    def one(seed):
        what = fault(seed)
        run = Run(folder, image, str(what))
        outcome = run.outcome(right) if run.happened() else None
        tell(f"{what}: {outcome or 'its operation did not come'}")
        return what, outcome

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [(what, outcome) for what, outcome in pool.map(one, seeds) if outcome]
