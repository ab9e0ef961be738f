"""Cases that run on the booted machine: what they say, who runs them, what came of them.

A .test file holds cases:

    %% name_after_the_promise_that_it_keeps
    % MEM=32M                a variable of make exec: MEM, SMP, DEBIAN, ICOUNT
    % status 139             expected (default 0)
    % match                  the expected output is a regular expression (DOTALL, of the whole)
    % once                   no warm-up, and the counters are not compared
    % deadline 120           seconds (default 30)
    % flavour release        only there
    % caches                 what the servers' caches hold afterwards is printed
    commands for the shell, any number of lines
    --
    the expected standard output (without `--` nothing is expected in particular)

Cases with the same variables share a boot. If the machine dies in one of them, those behind it get another.
"""

import os
import re
import shutil
import subprocess

VARIABLES = ("MEM", "SMP", "DEBIAN", "ICOUNT")
DEADLINE_PASSED = 124
STATUS_LOST = 125


class Case:
    def __init__(self, name):
        self.name = name
        self.variables = {}
        self.status, self.deadline, self.runs = 0, 30, 2
        self.match, self.flavour, self.caches = False, None, False
        self.commands, self.expected = [], None

    def header(self, words):
        if "=" in words[0]:
            name, _, value = " ".join(words).partition("=")
            if name not in VARIABLES:
                raise SystemExit(f"{self.name}: no such variable: {name}")
            self.variables[name] = value
        elif words[0] in ("status", "deadline"):
            setattr(self, words[0], int(words[1]))
        elif words[0] == "match":
            self.match = True
        elif words[0] == "once":
            self.runs = 1
        elif words[0] == "caches":
            self.caches = True
        elif words[0] == "flavour":
            self.flavour = words[1]
        else:
            raise SystemExit(f"{self.name}: what is '% {' '.join(words)}'?")

    def line(self, line):
        if self.expected is not None:
            self.expected.append(line)
        elif line == "--":
            self.expected = []
        elif line.startswith("% ") and not self.commands:
            self.header(line.split()[1:])
        else:
            self.commands.append(line)

    def check(self, result):
        """Why it failed, or None."""
        if result.status == DEADLINE_PASSED:
            return f"not done after {self.deadline} s"
        if result.status is None:
            return result.why
        if result.status != self.status:
            return f"status {result.status}, not {self.status}{quoted(result.err)}"
        if self.expected is not None:
            want = "".join(l + "\n" for l in self.expected)
            got = result.out.decode(errors="replace")
            if not (re.fullmatch(want.rstrip("\n"), got.rstrip("\n"), re.S) if self.match else got == want):
                return f"printed {got!r}, not {want!r}{quoted(result.err)}"
        before, after, held_before, held = (result.kept or "; ; ; ").split("; ")
        return None if before == after else f"leaks: {before} ({held_before}) before, {after} ({held}) after"

    def held(self, result):
        """What the caches held, if that is to be told."""
        return result.kept.split("; ")[3].replace(",", ", ") if self.caches and result.kept else None


class Result:
    """Of one case: status None means that the machine was lost in it."""

    def __init__(self):
        self.status, self.out, self.err, self.kept = None, b"", b"", None
        self.why = "the machine was lost"


def image_folder(flavour):
    """Where in the build folder the image lies: servers in the kernel make another one."""
    return flavour + os.environ.get("PLACED_SUFFIX", "")


def quoted(err):
    return f"; it said {err.decode(errors='replace')[-400:]!r}" if err else ""


def read_cases(folder):
    found = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".test"):
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                for line in f.read().splitlines():
                    if line.startswith("%% "):
                        found.append(Case(line[3:].strip()))
                    elif found:
                        found[-1].line(line)
    return found


def split(stream):
    """Name -> what lies between its markers; and name -> the words of its end and kept lines."""
    between, ends, kept, name = {}, {}, {}, None
    for part in re.split(rb"\x02(?=begin |end |kept )", stream)[1:]:
        head, _, body = part.partition(b"\n")
        words = head.decode(errors="replace").split(" ", 2)
        if words[0] == "begin":
            name = words[1]
            between[name] = body
        elif words[0] == "end":
            ends[words[1]] = int(words[2])
        else:
            kept[words[1]] = words[2]
    return between, ends, kept


class Boot:
    """Cases with the same variables on one image. run() calls done(case, result) for each."""

    def __init__(self, root, build, flavour, variables, cases):
        self.root, self.build, self.flavour = root, build, flavour
        self.variables, self.cases = dict(variables), cases
        self.where = os.path.join(build, "test", flavour, re.sub(r"\W+", "-", "-".join(self.variables.values())) or "plain")

    def overlay(self, cases):
        """The folder with the programs for tests and these cases."""
        folder = os.path.join(self.where, "overlay")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(os.path.join(self.build, "user", "test"), os.path.join(folder, "test"))
        with open(os.path.join(folder, "test", "list"), "w", encoding="utf-8") as listing:
            for number, case in enumerate(cases):
                listing.write(f"{case.name} {case.deadline} {case.runs} /test/case{number}\n")
                with open(os.path.join(folder, "test", f"case{number}"), "w", encoding="utf-8") as f:
                    f.write("\n".join(case.commands) + "\n")
        return folder

    def boot(self, commands, folder, timeout):
        """(status, standard output, standard error) of one make exec."""
        os.makedirs(self.where, exist_ok=True)
        environment = {k: v for k, v in os.environ.items() if k not in VARIABLES}
        environment.update(self.variables)
        environment.update(CMD=commands, OVERLAY=folder, TIMEOUT=str(timeout), LOG=os.path.join(self.where, "console.log"),
                           IMAGE=os.path.join(self.build, image_folder(self.flavour), "missive.img"))
        done = subprocess.run([os.path.join(self.root, "scripts", "exec")], env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return done.returncode, done.stdout, done.stderr

    def run(self, done):
        rest = self.cases
        while rest:
            timeout = 60 + sum(c.deadline * c.runs for c in rest)
            status, out, err = self.boot("exec /test/driver", self.overlay(rest), timeout)
            outs, ends, kept = split(out)
            errs, _, _ = split(err)
            later, lost = [], None
            for case in rest:
                result = Result()
                result.out, result.err = outs.get(case.name, b""), errs.get(case.name, b"")
                result.status, result.kept = ends.get(case.name), kept.get(case.name)
                if result.status is None and lost:
                    later.append(case)
                    continue
                if result.status is None:
                    lost = case
                    result.why = f"the machine was lost (status {status}){quoted(err)}"
                done(case, result)
            rest = later


def boots(root, build, flavour, cases):
    """The cases of a flavour, by the variables that they need."""
    groups = {}
    for case in cases:
        if case.flavour in (None, flavour):
            groups.setdefault(tuple(sorted(case.variables.items())), []).append(case)
    return [Boot(root, build, flavour, variables, group) for variables, group in groups.items()]
