"""The configurations of `make compare`: which there are, how each is built and measured, and what runs in its kernel.

From the microkernel each step links one server more into the kernel, in the order of the ranks in the manifest, until
all are there. Each has a build folder of its own; the programs are built once, so that all run the same bytes.
"""

import os
import re
import subprocess
import tempfile

import compare_work
import counting
import counting_table
import elf64
import machine
import sources

OUT = os.path.join(machine.BUILD, "compare")
MEMORY = "128M"
CALLS = "/bin/bench -c instret -b 3 -d 2"
WORKLOADS = f"sh /{compare_work.TOP}/all.sh -c instret"
MICRO = "micro"
# What a make that called this one leaves in the environment must not reach the makes called here.
NOT_OURS = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "CMD", "OVERLAY", "IN_KERNEL", "DEBIAN", "ICOUNT", "DEBUG"}
OTHERS = ["root", "init", "shell"] # who else runs while the shell waits for a command
EXECUTABLE = 4 # SHF_EXECINSTR


def manifest():
    """The servers by rank: name -> (rank, restart)."""
    with open(os.path.join(machine.ROOT, "servers", "manifest.txt"), encoding="utf-8") as f:
        parts = re.split(r"^server ", f.read(), flags=re.M)[1:]
    found = {}
    for part in parts:
        name = part.split()[0]
        found[name] = (int(re.search(r"^\s*rank (\d+)", part, re.M).group(1)),
                       re.search(r"^\s*restart (\w+)", part, re.M).group(1))
    return dict(sorted(found.items(), key=lambda item: item[1][0]))


class Configuration:
    """One build: `placed` are the servers in its kernel. What was measured is filled in later."""

    def __init__(self, placed, servers):
        self.placed, self.servers = placed, servers
        self.name = MICRO if not placed else "all" if len(placed) == len(servers) else "+" + placed[-1]
        self.build = os.path.join(OUT, self.name.lstrip("+"))
        self.why, self.rows, self.commands = None, {}, {}
        self.supervisor, self.faults, self.fault_command = {}, {}, ""

    @property
    def what(self):
        return f"IN_KERNEL=\"{' '.join(self.placed)}\"" if self.placed else "the microkernel"

    def folder(self, flavour="release"):
        return counting.folder_of(self.build, flavour)

    # --- Building --------------------------------------------------------------------------------------------------

    def make(self):
        """Builds the image; sets `why` if the build refuses it, or ignores what it was told."""
        self.why = self._make("release")
        if self.why:
            return
        there = {name for name, _ in elf64.Elf(os.path.join(self.folder(), "missive.elf")).each_symbol()}
        absent = [name for name in self.placed if f"placed_main_{name}" not in there]
        if absent:
            self.why = f"the build knows no IN_KERNEL for {' '.join(absent)}"

    def make_debug(self):
        """For faults: None, or why there is no such build."""
        return self._make("debug")

    def _make(self, flavour):
        os.makedirs(self.build, exist_ok=True)
        link = os.path.join(self.build, "user")
        if not os.path.islink(link):
            os.symlink(os.path.join(os.path.abspath(machine.BUILD), "user"), link)
        line = ["make", "image", f"BUILD={self.build}", f"IN_KERNEL={' '.join(self.placed)}",
                f"DEBUG={'1' if flavour == 'debug' else ''}"]
        clean = {k: v for k, v in os.environ.items() if k not in NOT_OURS}
        done = subprocess.run(line, cwd=machine.ROOT, env=clean, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        if done.returncode == 0:
            return None
        said = [l for l in done.stdout.decode(errors="replace").splitlines() if l.strip()]
        told = [l for l in said if re.search(r"error|IN_KERNEL|missing|\*\*\*", l)]
        return "the build refuses it: " + (told or said or ["?"])[0].strip()

    # --- Measuring -------------------------------------------------------------------------------------------------

    def command(self, overlay, command):
        """What a person types to see these figures again."""
        return (f"BUILD={relative(self.build)} OVERLAY={relative(overlay)} MEM={MEMORY} "
                f"scripts/profile --counters '{command}'")

    def count(self, overlay, command):
        """Runs the command, and keeps its rows."""
        with tempfile.TemporaryDirectory(prefix="missive-compare-") as scratch:
            counts, text = counting.run(command, scratch, capture=True, BUILD=self.build, OVERLAY=overlay, MEM=MEMORY,
                                        SMP="1", DEBIAN="", TIMEOUT="600")
            owners = counting.Owners(counting.images(self.folder()))
            for row in counting_table.read(text, counting.Windows(counts), owners):
                self.rows[row.name] = row
                self.commands[row.name] = self.command(overlay, command)

    # --- What runs in supervisor mode ------------------------------------------------------------------------------

    def weigh(self):
        """Lines of code and bytes of text in the kernel, and whom a wild write takes along. The death of root, of a
        server that is never restarted, and of all that is in the kernel, is that of every program."""
        elf = os.path.join(self.folder(), "missive.elf")
        inside = set(sources.linked(elf, self.build))
        fatal = [n for n, (_, restart) in self.servers.items() if restart == "never" or n in self.placed]
        deadly = inside.union(*(self._sources_of(name) for name in ["root", *fatal] if name not in self.placed))
        everybody = len(self.servers) + len(OTHERS)
        alone = len(self.servers) - len(fatal)
        self.supervisor = {
            "lines": sum(map(sources.code_lines, inside)),
            "text": sum(size for _, flags, size in elf64.Elf(elf).sections() if flags & EXECUTABLE),
            "deadly": sum(map(sources.code_lines, deadly)),
            "fatal": len(fatal),
            "programs": (len(fatal) * everybody + alone) / len(self.servers),
        }

    def _sources_of(self, server):
        return sources.linked(os.path.join(self.folder(), "servers", server + ".elf"), self.build)


def relative(path):
    """As a command line in this repository's folder names it."""
    path = os.path.abspath(path)
    return os.path.relpath(path, machine.ROOT) if path.startswith(machine.ROOT + os.sep) else path


def configurations():
    servers = manifest()
    names = list(servers)
    return [Configuration(names[:n], servers) for n in range(len(names) + 1)]
