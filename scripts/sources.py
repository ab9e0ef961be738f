"""Sources: how many lines of code a file has, and which were linked into an image."""

import glob
import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
READELF = "riscv64-unknown-elf-readelf"
UNIT = re.compile(r"DW_AT_name.*?([\w./-]+\.[cS])\s*$", re.M)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def code_lines(path):
    """Neither blanks nor comments."""
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), read(path), flags=re.S)
    return sum(1 for line in text.splitlines() if re.sub(r"//.*", "", line).strip())


def is_contract(path):
    """Headers of the contracts hold no logic."""
    return path.startswith(("ipc/abi/", "ipc/proto/"))


def named_by(depends):
    """What a .d file of the compiler names, of this repository."""
    with open(depends, encoding="utf-8") as f:
        rule = f.read().split("\n\n")[0].replace("\\\n", " ").partition(":")[2]
    return {os.path.normpath(path) for path in rule.split() if os.path.exists(os.path.join(ROOT, path))}


def linked(elf, build):
    """The sources of an image, by its debugging information, and the headers that they include."""
    text = subprocess.run([READELF, "--debug-dump=info", "--dwarf-depth=1", elf], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True).stdout.decode()
    found = set()
    for source in {os.path.normpath(path) for path in UNIT.findall(text)}:
        if os.path.exists(os.path.join(ROOT, source)):
            found.add(source)
            for depends in glob.glob(os.path.join(build, "release*", "**", "obj", source + ".d"), recursive=True):
                found |= named_by(depends)
    return sorted(path for path in found if not os.path.isabs(path) and not is_contract(path))
