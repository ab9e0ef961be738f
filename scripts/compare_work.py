"""The whole-program workloads of `make compare`: the same files and the same script on every system.

Everything is made from a fixed seed, so that two runs on two machines work on the same bytes.
"""

import io
import os
import random
import shutil
import subprocess
import tarfile

import machine

NUMBERS, FILES, TARRED, SOURCES = 100000, 2000, 500, 40
TOP = "compare" # where the files are, in the root
WORDS = "message reply session window route badge frame page slot pool thread endpoint server kernel fault".split()


class Work:
    """One workload: the shell's command, and one that is not counted and prints what was left behind."""

    def __init__(self, name, what, command, check=None, needs=None):
        self.name, self.what, self.command, self.check, self.needs = name, what, command, check, needs


WORK = [
    Work("script", "a shell script of 200 small commands", f"sh /{TOP}/small.sh"),
    Work("sort", f"sort of {NUMBERS:,} lines", f"sort /{TOP}/numbers"),
    Work("findgrep", f"find and grep -r over {FILES:,} files",
         f"find /{TOP}/tree -type f | sort; grep -r kernel.fault /{TOP}/tree | sort | wc"),
    Work("build", f"a build of {SOURCES} sources: many short processes", f"sh /{TOP}/build.sh",
         "cd /tmp/build; cat Program; ls"),
    Work("untar", f"unpacking a tar of {TARRED} files", f"mkdir /tmp/untar; cd /tmp/untar; busybox tar xf /{TOP}/files.tar",
         "cd /tmp/untar; find . | sort; find . -type f | sort | xargs cat", "busybox"),
]


def text_of(dice, length):
    return "".join(" ".join(dice.choice(WORDS) for _ in range(dice.randint(3, 9))) + "\n" for _ in range(length))


def numbers(dice, count):
    return "".join(f"{dice.randrange(10 ** 7):07d}\n" for _ in range(count))


# --- The shell script: 20 lines, ten times ----------------------------------------------------------------------------------

SMALL = """mkdir -p /tmp/small/N
echo first N > /tmp/small/N/a
printf '%s\\n' x y z > /tmp/small/N/b
cat /tmp/small/N/a /tmp/small/N/b
cp /tmp/small/N/a /tmp/small/N/c
mv /tmp/small/N/c /tmp/small/N/d
ln -s d /tmp/small/N/e
readlink /tmp/small/N/e
wc /tmp/small/N/b
ls /tmp/small/N
head -1 /tmp/small/N/b
seq 1 20 | tail -3
test -f /tmp/small/N/d && echo there
expr N + 7
echo a:b:c | cut -d: -f2
echo hello | tr a-z A-Z
grep -c y /tmp/small/N/b
basename /tmp/small/N/b
sort -r /tmp/small/N/b
rm -r /tmp/small/N
"""


def small(rounds=10):
    return "".join(SMALL.replace("N", str(i)) for i in range(rounds))


# --- The build: for each source four short processes, at last one program ---------------------------------------------------

BUILD = """mkdir /tmp/build
cd /tmp/build
for source in /{top}/src/*.c; do
	name=$(basename $source .c)
	tr a-z A-Z < $source > $name.i
	grep -v '^$' $name.i | sort -u > $name.s
	od -x $name.s > $name.o
	rm $name.i
	[ $name.o -nt $source ] && echo $name
done
cat *.o > Program
wc Program
"""


def tree(dice, folder, count, least, most):
    """count files of text in folders of 50."""
    for i in range(count):
        place = os.path.join(folder, f"d{i // 50:02d}")
        os.makedirs(place, exist_ok=True)
        write(os.path.join(place, f"f{i:04d}.txt"), text_of(dice, dice.randint(least, most)))


def tar(dice, count):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for i in range(count):
            data = text_of(dice, dice.randint(5, 200)).encode()
            entry = tarfile.TarInfo(f"t/d{i // 25:02d}/f{i:03d}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def write(path, content):
    with open(path, "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode())


def busybox():
    """The path of Debian's static busybox, or None if it cannot be had."""
    done = subprocess.run([os.path.join(machine.ROOT, "scripts", "debian"), "busybox-static"], stdout=subprocess.PIPE,
                          check=False)
    path = os.path.join(done.stdout.decode().strip(), "usr", "bin", "busybox")
    return path if done.returncode == 0 and os.path.exists(path) else None


def left_out(work, tools):
    return work.needs and work.needs not in tools


def script(tools):
    """The script that runs all; its arguments are options of user/bench."""
    lines = []
    for work in WORK:
        if left_out(work, tools):
            continue
        lines.append(f"/bin/bench \"$@\" -w {work.name} '{work.command}'")
        if work.check:
            lines.append(f"/bin/bench \"$@\" -w {work.name}_left '{work.check}'")
    return "\n".join(lines) + "\n"


def program(folder):
    """An overlay with the benchmark's program alone."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(folder, "bin"))
    shutil.copy(os.path.join(machine.BUILD, "user", "bench"), os.path.join(folder, "bin"))


def prepare(folder, scale=1, tools=None):
    """The overlay with programs and files; scale divides how many. tools: name -> path of what is not Missive's own."""
    program(folder)
    top, dice, tools = os.path.join(folder, TOP), random.Random(4), tools or {}
    os.makedirs(os.path.join(top, "src"))
    for name, path in tools.items():
        shutil.copy(path, os.path.join(folder, "bin", name))
    write(os.path.join(top, "all.sh"), script(tools))
    write(os.path.join(top, "small.sh"), small(max(1, 10 // scale)))
    write(os.path.join(top, "build.sh"), BUILD.format(top=TOP))
    write(os.path.join(top, "numbers"), numbers(dice, NUMBERS // scale))
    write(os.path.join(top, "files.tar"), tar(dice, TARRED // scale))
    tree(dice, os.path.join(top, "tree"), FILES // scale, 2, 60)
    for i in range(max(1, SOURCES // scale)):
        write(os.path.join(top, "src", f"s{i:02d}.c"), text_of(dice, dice.randint(20, 80)))
