"""What `make compare` found: systems, operations, what differs between them; as text and as JSON."""

import collections
import json

import compare_faults
import compare_run
import compare_work
import counting
import figures
from counting_table import number

TITLES = {"instructions": "guest instructions", "messages": "messages delivered to servers", "entries": "kernel entries",
          "switches": "address-space switches (writes of satp)", "faults": "page faults", "copied": "bytes copied"}
SUPERVISOR = [
    ("lines", "lines of code in supervisor mode"), ("text", "bytes of text in supervisor mode"),
    ("deadly", "lines whose wild write can end every program"), ("fatal", "servers whose wild write can end every program"),
    ("programs", "programs that a wild write in a server ends, mean")]
FULL = {"mmap64": "mmap + touch + munmap, 64 pages", "yieldfifo": "sched_yield, SCHED_FIFO"} # elsewhere "the same"
LIMITS = [
    ("Caches and the TLB.", "Every instruction counts one, every load is a hit. A server in an address space of its own "
     "touches more pages and evicts more of its neighbours' lines than the same code in the kernel: the microkernel looks "
     "better here than it is. What would be needed: the same images on a board, with its counters of misses, or a "
     "simulator that knows caches (gem5, or a plugin with a cache model, which is a guess about a machine)."),
    ("Slow instructions.", "A write of satp, a trap and its return, an atomic or a fence cost 5 to 400 cycles on real "
     "harts and one here; so multiply the columns of entries and switches with what your hart needs for them. "
     "What would be needed: cycle counters of a real hart."),
    ("The TLB's tags.", "QEMU's hart has identifiers of address spaces, so a switch flushes nothing. On a hart without "
     "them (the U74) each switch empties the TLB, which these figures cannot show."),
    ("More harts, devices, load.", "One hart, no device but the serial line, a file system in memory, nothing else running. "
     "Locks that a monolithic kernel needs on many harts are not there."),
    ("Linux is not the same system.", "Debian's kernel does more (security modules, accounting, real file systems under the "
     "same calls), is compiled by others, and runs this program by its own ways; so its column tells what programs "
     "are used to, not what a wall costs. That the columns of Missive tell."),
]


class System:
    """One column: a configuration that was measured, or Linux."""

    def __init__(self, name, what, rows, commands):
        self.name, self.what, self.rows, self.commands = name, what, rows, commands
        self.supervisor, self.faults, self.fault_command = {}, {}, ""

    def outcomes(self, **wanted):
        """Outcome -> how many faults ended so, of those with that server or kind."""
        return collections.Counter(outcome for fault, outcome in self.faults.items()
                                   if all(getattr(fault, column) == value for column, value in wanted.items()))

    def value(self, row, counter):
        found = self.rows.get(row)
        return found.counters.get(counter) if found and found.counters else None

    def why(self, row):
        found = self.rows.get(row)
        if not found:
            return "not run"
        return found.why or (f"status {found.status}" if found.status else "")


def missive_system(c):
    system = System(c.name, c.what, c.rows, c.commands)
    system.supervisor, system.faults, system.fault_command = c.supervisor, c.faults, c.fault_command
    return system


def linux_system(linux):
    rows = {row.name: row for row in linux[1]}
    return System("Linux", f"Debian's Linux {linux[0]}", rows, dict.fromkeys(rows, "make compare"))


class Result:
    def __init__(self, configurations, linux=None):
        self.refused = [c for c in configurations if c.why]
        self.missive = [missive_system(c) for c in configurations if not c.why]
        self.struck = [s for s in self.missive if s.faults]
        self.linux = linux_system(linux) if linux else None
        self.systems = self.missive + ([self.linux] if self.linux else [])
        self.operations = [(row.name, FULL.get(row.name, row.what)) for row in figures.CALLS]
        ran = {name for system in self.systems for name in system.rows}
        self.workloads = [(work.name, work.what) for work in compare_work.WORK if work.name in ran]
        self.absent = [work.what for work in compare_work.WORK if work.name not in ran]
        self.complaints = [*self._failures(), *self._differences()]

    def _failures(self):
        for system in self.systems:
            for name, what in self.operations + self.workloads:
                if system.why(name):
                    yield f"{system.name}: {what}: {system.why(name)}"

    def said(self, name):
        """What each system printed in a workload: its status, and length and sum of the output."""
        return {s.name: (s.rows[name].status, s.rows[name].said) for s in self.systems if name in s.rows}

    def _differences(self):
        for name in [work.name for work in compare_work.WORK] + [f"{w.name}_left" for w in compare_work.WORK if w.check]:
            said = self.said(name)
            if len(set(said.values())) > 1:
                yield f"{name} has not the same output everywhere: {said}"

    def ratio(self, system, row):
        """Instructions against the first system's."""
        mine, first = system.value(row, "instructions"), self.systems[0].value(row, "instructions")
        return mine / first if mine is not None and first else None

    # --- As text -------------------------------------------------------------------------------------------------------

    def _table(self, counter, rows, systems):
        yield f"{TITLES[counter]:<50}" + "".join(f"{s.name:>12}" for s in systems)
        for name, what in rows:
            yield f"{what:<50}" + "".join(f"{number(s.value(name, counter)):>12}" for s in systems)

    def _parts(self):
        for counter in counting.COUNTERS:
            systems = self.systems if counter == "instructions" else self.missive
            yield from self._table(counter, self.operations + self.workloads, systems)
            yield ""

    def _supervisor(self):
        yield f"{'one wild write':<50}" + "".join(f"{s.name:>12}" for s in self.missive)
        for key, what in SUPERVISOR:
            yield f"{what:<50}" + "".join(f"{number(s.supervisor[key]):>12}" for s in self.missive)

    def _faults(self):
        """How many faults ended how, by server and by kind."""
        for system in self.struck:
            yield f"{'faults in ' + system.name:<50}" + "".join(f"{c:>12}" for c in compare_faults.OUTCOMES)
            for server in compare_faults.SERVERS:
                yield self._ends(f"in {server}", system.outcomes(server=server))
            for kind in compare_faults.KINDS:
                yield self._ends(compare_faults.WHAT[kind], system.outcomes(kind=kind))
            yield self._ends("all", system.outcomes()) + "\n"

    @staticmethod
    def _ends(what, outcomes):
        return f"{what:<50}" + "".join(f"{outcomes[c]:>12}" for c in compare_faults.OUTCOMES)

    def text(self):
        lines = [*self._parts(), *self._supervisor(), "", *self._faults()]
        lines += [f"{c.name} is left out: {c.why}" for c in self.refused]
        lines += [f"not run: {what} (no tool for it)" for what in self.absent]
        lines += [f"WRONG: {complaint}" for complaint in self.complaints]
        if not self.complaints and len(self.systems) > 1:
            lines.append(f"outputs: the same in {', '.join(s.name for s in self.systems)}")
        lines += ["", "Each column again:"]
        for system in self.missive:
            lines += [f"  {system.name:<12}{command}" for command in dict.fromkeys(system.commands.values())]
        return "\n".join(lines) + "\n"

    # --- As JSON -------------------------------------------------------------------------------------------------------

    def _entry(self, system, name):
        row = system.rows.get(name)
        return {"figures": row.counters if row else None, "said": row.said if row else None,
                "why": system.why(name) or None, "command": system.commands.get(name)}

    def json(self):
        return json.dumps({
            "instrument": {"machine": "virt", "cpu": "rv64", "harts": 1, "icount": "shift=0,sleep=off",
                           "memory": compare_run.MEMORY, "counters": TITLES},
            "systems": [{"name": s.name, "what": s.what, "supervisor": s.supervisor or None} for s in self.systems],
            "left out": {c.name: c.why for c in self.refused},
            "rows": [{"name": name, "what": what, "systems": {s.name: self._entry(s, name) for s in self.systems}}
                     for name, what in self.operations + self.workloads],
            "faults": {s.name: [{**fault._asdict(), "outcome": outcome} for fault, outcome in s.faults.items()]
                       for s in self.struck},
            "complaints": self.complaints}, indent=1) + "\n"
