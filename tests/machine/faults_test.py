"""Servers that die or loop come back, and the system goes on; memory and process may end it, with a message."""

import os
import tempfile

import fault_campaign
import machine

COMMAND = """sh /workload.sh >/dev/null 2>&1
seq 1 5 | sort -r | head -n 1 >/tmp/after; sh -c 'exit 3'; echo "status $?" >>/tmp/after
sh -c 'cat /tmp/after; ls /bin/sh; echo alive and well' >/dev/console"""
ALIVE = "5\nstatus 3\n/bin/sh\nalive and well"
FAULTS = [("pipe", "null", 50), ("pipe", "loop", 50), ("event", "null", 3), ("event", "loop", 3),
          ("terminal", "null", 8), ("terminal", "loop", 4), ("fs", "null", 212), ("fs", "loop", 400),
          ("memory", "null", 900), ("process", "wild", 500)]
LAST_WORDS = {"memory": "root: the system ends with memory", "process": "root: the system ends with process"}


def why(run, fault):
    """What is wrong with that run, or None."""
    console = run.console.decode(errors="replace").replace("\r", "")
    outcome = run.outcome(run)
    if fault.server in LAST_WORDS:
        return None if outcome == "died" and LAST_WORDS[fault.server] in console else f"{outcome}: {console[-300:]!r}"
    if outcome != "came back":
        return f"not came back, but {outcome}: {console[-300:]!r}"
    return None if ALIVE in console else f"what came back does not serve: {console[-300:]!r}"


def run(build, wanted, done):
    cases = [fault_campaign.Fault(1, *f) for f in FAULTS if wanted(f"faults/{f[0]}_{f[1]}")]
    if not cases:
        return
    image = os.path.join(machine.ROOT, build, "debug", "missive.img")
    with tempfile.TemporaryDirectory(prefix="missive-faults-") as folder:
        fault_campaign.build_budget(folder)
        for fault in cases:
            done(f"faults/{fault.server}_{fault.kind}", why(fault_campaign.Run(folder, image, str(fault), COMMAND), fault))
