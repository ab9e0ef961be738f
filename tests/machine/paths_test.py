"""Fast path and slow path do the same: servers/paths in root's place, booted twice on the debug kernel.

Both boots do the same cases in the same order, the second one held to the slow path; then the same once more without
identifiers of address spaces. What a case prints of its steps (registers, memory, and a sum of all that the kernel
tells of its objects) must be equal; and how many entries the fast path answered must be what the table of cases says,
so that no case passes because it is never taken. Objects lie at the same addresses in both boots: after a case that
differs, others may differ for that reason alone.
To see what differs: the command line `both show=CASE` against `slow show=CASE` (show() below prints it).
"""

import os
import re
import subprocess
import sys

import bench_missive

SECONDS = 240
MEMORY = "256M"  # a case does not give back what its world is made of


def boot(build, line):
    """What the console said."""
    out = os.path.join(build, "test", "paths")
    os.makedirs(out, exist_ok=True)
    image = bench_missive.message_image(os.path.join(build, "debug"), out, "paths")
    command = ["qemu-system-riscv64", "-machine", "virt", "-cpu", "rv64", "-smp", "1", "-m", MEMORY,
               "-no-reboot", "-icount", bench_missive.ICOUNT, "-display", "none", "-monitor", "none", "-serial",
               "stdio", "-bios", "default", "-kernel", image, "-append", line]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=SECONDS, check=False)
        text = done.stdout
    except subprocess.TimeoutExpired as e:
        text = e.stdout or b""
    with open(os.path.join(out, line.replace(" ", "-") + ".log"), "wb") as f:
        f.write(text)
    return text.decode(errors="replace").replace("\r", "")


def cases(text):
    """{name: (steps, fast entries wanted, fast entries)} in the order in which they ran."""
    found, steps = {}, []
    for line in text.splitlines():
        if line.startswith("step "):
            steps.append(line)
        case = re.match(r"case (\w+) wanted (\d+) fast (\d+)$", line)
        if case:
            found[case.group(1)] = (steps, int(case.group(2)), int(case.group(3)))
            steps = []
    return found


def why(both, slow):
    """What is wrong with a case, or None."""
    if slow is None:
        return "the boot held to the slow path did not come to it"
    if slow[2]:
        return f"{slow[2]} entries took the fast path, though it was forbidden"
    for one, other in zip(both[0], slow[0]):
        if one != other:
            parts = ("registers", "memory", "objects")
            differ = [p for p, a, b in zip(parts, one.split()[4:], other.split()[4:]) if a != b]
            return f"after step {' '.join(one.split()[2:4])} differ: {', '.join(differ) or 'the steps themselves'}"
    if len(both[0]) != len(slow[0]):
        return f"{len(both[0])} steps, {len(slow[0])} on the slow path"
    if both[1] != both[2]:
        return f"the fast path answered {both[2]} entries, not {both[1]}"
    return None


def compare(build, wanted, done, group, more):
    text, other = boot(build, "both" + more), boot(build, "slow" + more)
    both, slow = cases(text), cases(other)
    for name, case in both.items():
        if wanted(group + name):
            done(group + name, why(case, slow.get(name)))
    for line, said in (("both", text), ("slow", other)):
        done(f"{group}{line}_came_to_its_end", None if "paths: done" in said else f"last words: {said[-300:]!r}")


def run(build, wanted, done):
    compare(build, wanted, done, "paths/", "")
    compare(build, wanted, done, "paths/without_identifiers/", " shared")


def show(build, name):
    """Every word that differs in that case: whose step, which object, what."""
    one, other = ([l for l in boot(build, f"{line} show={name}").splitlines() if l.startswith("state")]
                  for line in ("both", "slow"))
    who = what = ""
    for a, b in zip(one, other):
        who = a if a.startswith("state ---") else who
        what = a if a.startswith("state object") else what
        if a != b:
            print(f"{who} | {what} | {a} | {b}")


if __name__ == "__main__":
    show(sys.argv[1], sys.argv[2])
