"""`make compare`: what it counts is what happened, the workloads do the same everywhere, and its page is whole.

All with batches as small as they get. Which figure is how high is a matter for `make compare`.
"""

import html.parser
import os
import re
import subprocess

import compare_page
import compare_result
import compare_run
import compare_work
import counting
import counting_table
import fault_campaign

SCALE = 50
VOID = {"meta", "br", "rect", "line", "polyline"}


def where(build, name):
    folder = os.path.join(build, "test", "compare-" + name)
    os.makedirs(folder, exist_ok=True)
    return folder


def count(build, scratch, overlay, command):
    """The rows of a run under the plugin, by name."""
    folder = os.path.join(build, "release")
    counts, text = counting.run(command, scratch, capture=True, BUILD=build, OVERLAY=overlay, DEBIAN="", TIMEOUT="120",
                                IMAGE=os.path.join(folder, "missive.img"), LOG=os.path.join(scratch, "console.log"))
    rows = counting_table.read(text, counting.Windows(counts), counting.Owners(counting.images(folder)))
    return {row.name: row for row in rows}


# What one operation needs in the microkernel, whatever the code between costs.
EXPECTED = {
    "getpid": {"messages": 1, "entries": 2, "switches": 2, "faults": 0, "copied": 0},
    "read1": {"messages": 1, "entries": 2, "switches": 2, "faults": 0, "copied": 1},
    "pread4k": {"messages": 1, "entries": 2, "faults": 0, "copied": 4096},
    "poll": {"messages": 1, "entries": 2, "faults": 0, "copied": 32},
    "pingpong": {"messages": 4, "faults": 0, "copied": 2},
    "mmap1": {"messages": 3, "faults": 1},
}


def counters_count_what_happens(build):
    folder = where(build, "counters")
    overlay = os.path.join(folder, "overlay")
    compare_work.program(overlay)
    rows = count(build, folder, overlay, f"/bin/bench -c instret -b 1 -d 20 {' '.join(EXPECTED)}")
    wrong = {}
    for name, wanted in EXPECTED.items():
        found = rows[name].counters if name in rows else None
        if not found or any(abs(found[c] - n) > 0.05 * max(n, 1) for c, n in wanted.items()):
            wrong[name] = found
    return f"counted {wrong}, wanted {EXPECTED}" if wrong else None


def fnv(data):
    total = 0xcbf29ce484222325
    for byte in data:
        total = (total ^ byte) * 0x100000001b3 % 2 ** 64
    return f"{len(data)} bytes, sum {total:016x}"


def workloads_do_what_they_should(build):
    """sort's output is known; every other command ends well, and leaves and prints as much as its files say."""
    folder = where(build, "workloads")
    overlay = os.path.join(folder, "overlay")
    compare_work.prepare(overlay, SCALE)
    rows = count(build, folder, overlay, compare_run.WORKLOADS)
    with open(os.path.join(overlay, compare_work.TOP, "numbers"), "rb") as f:
        numbers = b"".join(sorted(f.read().splitlines(keepends=True)))
    wanted = {work.name for work in compare_work.WORK if not work.needs}
    bad = [name for name in wanted if name not in rows or rows[name].status or not rows[name].counters]
    if bad:
        return f"did not work: {bad}"
    return None if rows["sort"].said == fnv(numbers) else f"sort printed {rows['sort'].said}, not {fnv(numbers)}"


# --- The page, of figures that are made up --------------------------------------------------------------------------------

class Balance(html.parser.HTMLParser):
    """Every element is closed, and nothing comes from elsewhere."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.seen = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.wrong += [f"{tag} {a}={v}" for a, v in attrs if a in ("src", "href", "onload", "onclick")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.wrong.append(f"</{tag}>")


def made_up(said="7 bytes"):
    found = [c for c in compare_run.configurations() if c.name in ("micro", "+memory", "all")]
    for i, configuration in enumerate(found):
        figures = {c: 100 - 10 * i for c in counting.COUNTERS}
        for name in [work.name for work in compare_work.WORK] + ["getpid"]:
            configuration.rows[name] = counting_table.Row(name, "call", figures, 0, said if i else "7 bytes")
            configuration.commands[name] = f"again {configuration.name}"
        configuration.supervisor = {key: 5 + i for key, _ in compare_result.SUPERVISOR}
        configuration.faults = {fault_campaign.Fault(0, "fs", "lost", 7): "hung",
                                fault_campaign.Fault(1, "pipe", "null", 3): "came back"}
        configuration.fault_command = f"strike {configuration.name}"
    found[1].why = "the build refuses it: <process> missing"
    return compare_result.Result(found, ("6.12", [counting_table.Row("getpid", "call", {"instructions": 438})]))


def page_is_whole_and_needs_nothing(_):
    page, balance = compare_page.page(made_up()), Balance()
    balance.feed(page)
    if balance.open or balance.wrong or "svg" not in balance.seen or "script" in balance.seen:
        return f"open {balance.open}, wrong {balance.wrong}"
    missing = [w for w in ("again micro", "again all", "6.12", "&lt;process&gt; missing",
                           "strike all 1") if w not in page]
    return f"the page does not say {missing}" if missing else None


def different_outputs_are_told(_):
    told = [c for c in made_up("8 bytes").complaints if "same output" in c]
    if len(told) != len(compare_work.WORK):
        return f"told {told}"
    return "told without reason" if any("same output" in c for c in made_up().complaints) else None


def steps_are_closed_downward(_):
    """Each configuration holds the one before and one server more; what a server calls goes with it."""
    with open(os.path.join(compare_run.machine.ROOT, "servers", "manifest.txt"), encoding="utf-8") as f:
        parts = {p.split()[0]: p for p in re.split(r"^server ", f.read(), flags=re.M)[1:]}
    found = compare_run.configurations()
    for before, after in zip(found, found[1:]):
        calls = re.search(r"^\s*calls (.*)$", parts[after.placed[-1]], re.M)
        if before.placed != after.placed[:-1] or not set(calls.group(1).split() if calls else ()) <= set(before.placed):
            return f"{after.placed} after {before.placed}"
    return None if len(found) == len(parts) + 1 else f"{len(found)} configurations"


def run(build, wanted, done):
    for test in (counters_count_what_happens, workloads_do_what_they_should, page_is_whole_and_needs_nothing,
                 different_outputs_are_told, steps_are_closed_downward):
        if wanted("compare/" + test.__name__):
            try:
                done("compare/" + test.__name__, test(build))
            except (OSError, ValueError, KeyError, IndexError, subprocess.SubprocessError) as error:
                done("compare/" + test.__name__, f"{type(error).__name__}: {error}")
