"""Counting guest instructions with QEMU's translator (profile.c), and what they tell. The guest runs none for it.

A program marks what is to be counted by reading instret: what runs between two marks is a window. From how often each
instruction of a window ran, its address and its bytes, comes the rest:

  entries   first instruction of trap_entry
  faults    first instruction of fast_fault: every page fault of user mode comes by it
  messages  deliveries to servers: the commit points of the fast path (labels message_N in fastpath.inc), and the
            functions that write a delivery, which servers in the kernel get theirs by, too, or are called directly
  switches  writes of satp
  copied    bytes that the copy functions of the kernel and of the servers stored, from the widths of their stores; also
            the labels of the fast path where it copies a few itself
"""

import bisect
import collections
import glob
import os
import re
import subprocess

import elf64
import machine

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = 4096
COMMIT_POINT = re.compile(r"message_\d+$")
ENTRY, FAULT = "trap_entry", "fast_fault"
DELIVERIES = {"deliver_call", "deliver_notice", "deliver_bits", "placed_route", "called_native", "placed_page_fault"}
COPIES = {"memcpy", "memmove", "copy_blocks", "copy_shifted", "copy_words", "arch_page_copy", "small_in", "by_fours",
          "by_bytes", "arch_string_copy", "reply_place", "pass_byte", "route_more"}
COUNTERS = ["instructions", "messages", "entries", "switches", "faults", "copied"]
CSR_SATP, SYSTEM, CSRRW, CSRRWI = 0x180, 0x73, 1, 5
STACK_POINTER = 2


class Image:
    """An ELF file: its code, to know its pages by, and its functions."""

    def __init__(self, name, path):
        elf = elf64.Elf(path)
        self.name = name
        self.code = [(s.vaddr, s.data) for s in elf.segments() if s.flags & elf64.FLAG_X]
        table, self.commits = {}, set()
        for symbol, value in elf.each_symbol():
            if COMMIT_POINT.match(symbol):
                self.commits.add(value)
            elif symbol and value and not symbol.startswith(("$", ".L")):
                table.setdefault(value, symbol)
        self.starts = sorted(table)
        self.names = [table[start] for start in self.starts]

    def holds(self, vaddr, data):
        for start, code in self.code:
            if start <= vaddr < start + len(code):
                return code[vaddr - start:vaddr - start + len(data)] == data
        return False

    def function(self, vaddr):
        """Its name, and whether this is its first instruction."""
        i = bisect.bisect_right(self.starts, vaddr) - 1
        return (self.names[i], self.starts[i] == vaddr) if i >= 0 else (f"{vaddr:#x}", False)


class Windows:
    """What the plugin wrote: for each window a list of (vaddr, haddr, bytes, count)."""

    def __init__(self, path):
        self.rows = []
        with open(path, encoding="ascii") as f:
            for line in f:
                fields = line.split()
                if fields[0] == "window":
                    self.rows.append([])
                else:
                    self.rows[-1].append(tuple(int(x, 16) for x in fields[:3]) + (int(fields[3]),))

    def total(self, index):
        return sum(row[3] for row in self.rows[index])


def folder_of(build, flavour):
    """The build folder's one folder of that flavour: its name may tell what is in the kernel."""
    found = glob.glob(os.path.join(build, flavour + "*", "missive.elf"))
    if not found:
        raise machine.Refused(f"nothing is built in {build}")
    return os.path.dirname(max(found, key=os.path.getmtime))


def images(folder, programs=()):
    """Kernel and servers of a build folder (.../release), and programs."""
    found = [Image("kernel", os.path.join(folder, "missive.elf"))]
    servers = os.path.join(folder, "servers")
    for name in sorted(os.listdir(servers)):
        if name.endswith(".elf"):
            found.append(Image(name[:-4], os.path.join(servers, name)))
    return found + [Image(os.path.basename(path), path) for path in programs]


class Owners:
    """Which image each page of code belongs to: the one that has all of its instructions."""

    def __init__(self, candidates):
        self.candidates, self.known = candidates, {}

    def of(self, rows):
        """Page -> image or None. A page where other code was seen than before is looked at again."""
        pages = collections.defaultdict(set)
        for vaddr, haddr, code, _ in rows:
            pages[vaddr // PAGE, (haddr - vaddr) // PAGE].add((vaddr, code))
        return {page: self._look(page, frozenset(seen)) for page, seen in pages.items()}

    def _look(self, page, seen):
        if (page, seen) not in self.known:
            self.known[page, seen] = next((image for image in self.candidates if all(
                image.holds(v, c.to_bytes(4, "little")[:4 if c & 3 == 3 else 2]) for v, c in seen)), None)
        return self.known[page, seen]


# --- What an instruction is ------------------------------------------------------------------------------------------------

def writes_satp(code):
    return code & 0x7f == SYSTEM and code >> 20 == CSR_SATP and code >> 12 & 7 in (CSRRW, CSRRWI)


def stored(code):
    """How many bytes it stores, other than to the stack."""
    if code & 0x7f == 0x23:
        return 0 if code >> 15 & 31 == STACK_POINTER else 1 << (code >> 12 & 3)
    if code & 3 == 0 and code < 0x10000:
        return {6: 4, 7: 8}.get(code >> 13, 0) # c.sw, c.sd
    return 0


def counters(rows, owners):
    """Name -> how much of it there was in a window."""
    found, owner = collections.Counter(dict.fromkeys(COUNTERS, 0)), owners.of(rows)
    for vaddr, haddr, code, count in rows:
        found["instructions"] += count
        image = owner[vaddr // PAGE, (haddr - vaddr) // PAGE]
        if image is None:
            continue
        name, first = image.function(vaddr)
        if name in COPIES:
            found["copied"] += count * stored(code)
        if image.name != "kernel":
            continue
        found["entries"] += count * (first and name == ENTRY)
        found["faults"] += count * (first and name == FAULT)
        found["messages"] += count * (vaddr in image.commits or first and name in DELIVERIES)
        found["switches"] += count * writes_satp(code)
    return dict(found)


# --- Runs --------------------------------------------------------------------------------------------------------------------

def emulator(folder, options):
    """A script in folder that starts QEMU with the plugin and these options of it."""
    plugin, wrapper = os.path.join(folder, "profile.so"), os.path.join(folder, "qemu")
    if not os.path.exists(plugin):
        subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", os.path.join(HERE, "profile.c"), "-o",
                        plugin], check=True)
    with open(wrapper, "w", encoding="ascii") as f:
        f.write(f'#!/bin/sh\nexec {machine.setting("QEMU", "qemu-system-riscv64")} -plugin {plugin},{options} "$@"\n')
    os.chmod(wrapper, 0o755)
    return wrapper


def run(command, folder, capture=False, **variables):
    """Runs it as `make exec ICOUNT=1` does, under the plugin; files in folder. Returns where the counts are, and what it
    printed if that is to be captured."""
    counts = os.path.join(folder, "counts")
    image = os.path.join(folder_of(variables.get("BUILD", machine.BUILD), "release"), "missive.img")
    environment = {**os.environ, "ICOUNT": "1", "IMAGE": image, **variables, "CMD": command,
                   "QEMU": emulator(folder, f"out={counts}")}
    done = subprocess.run([os.path.join(HERE, "exec")], env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE if capture else None, check=False)
    return counts, (done.stdout or b"").decode(errors="replace")
