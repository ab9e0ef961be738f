"""The machine that Missive runs on here: QEMU's command line, the overlay that it is given, and what comes back.

Everything is told by environment variables, as the Makefile exports them: BUILD MEM SMP ICOUNT OVERLAY DEBIAN
TIMEOUT; and, for tests, IMAGE (another image), LOG (another console log), QEMU (another emulator).
"""

import os
import stat
import subprocess
import sys
import tempfile

import newc

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, os.environ.get("BUILD") or "build")
EXEC_FILE = "etc/missive/exec"
# Folders of the default root file system that a package's symbolic link of the same name must not replace.
KEPT_FOLDERS = {"bin", "sbin", "dev", "proc", "tmp"}


def setting(name, default=""):
    return os.environ.get(name) or default


def image():
    return setting("IMAGE", os.path.join(BUILD, "missive.img"))


class Refused(Exception):
    """Something that the user asked for cannot be had; the text says why."""


# --- The overlay -----------------------------------------------------------------------------------------------------

def debian_root():
    """The folder with the unpacked packages of DEBIAN, or None."""
    packages = setting("DEBIAN").split()
    if not packages:
        return None
    done = subprocess.run([os.path.join(ROOT, "scripts", "debian"), *packages], stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Refused("the packages of DEBIAN are not there")
    return done.stdout.decode().strip()


def read_tree(top, kept_folders=frozenset()):
    """Archive path -> path here, of everything below top. Links are not followed."""
    found = {}
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            path = os.path.join(folder, name)
            inside = os.path.relpath(path, top)
            if not (inside in kept_folders and os.path.islink(path)):
                found[inside] = path
    return found


def without_ours(tree):
    """A package's links in /bin and /sbin do not replace the programs of the default root file system."""
    path = os.path.join(BUILD, "rootfs.cpio")
    if not os.path.exists(path):
        return tree
    with open(path, "rb") as f:
        ours = {name for name in newc.names(f.read()) if name.startswith(("bin/", "sbin/"))}
    return {name: here for name, here in tree.items() if name not in ours}


def add_path(archive, name, path):
    """Owned by root, whoever unpacked it here. What is neither file, folder nor link stays away, and says so."""
    status = os.lstat(path)
    mode = stat.S_IMODE(status.st_mode)
    if stat.S_ISDIR(status.st_mode):
        archive.directory(name, mode)
    elif stat.S_ISLNK(status.st_mode):
        archive.symlink(name, os.readlink(path))
    elif stat.S_ISREG(status.st_mode):
        with open(path, "rb") as f:
            archive.file(name, f.read(), mode)
    else:
        print(f"overlay: {path} is a special file: left out", file=sys.stderr)


def parents(name):
    """The folders above an archive path."""
    return [name[:i] for i, letter in enumerate(name) if letter == "/"]


def pack(trees, files):
    """One archive of some read_tree()s, later ones over earlier ones, and of files (path -> contents). In the order
    of their names, so that a folder comes before what is in it."""
    archive = newc.Archive()
    merged = {folder: None for name in files for folder in parents(name)}
    for tree in trees:
        merged.update(tree)
    for name in sorted({**merged, **files}):
        if name in files:
            archive.file(name, files[name], 0o755)
        elif merged[name] is None:
            archive.directory(name)
        else:
            add_path(archive, name, merged[name])
    return archive.bytes()


def overlay(commands=None):
    """The archive to lay over the root file system, as bytes, or None when there is nothing to lay."""
    trees = []
    debian = debian_root()
    if debian:
        trees.append(without_ours(read_tree(debian, KEPT_FOLDERS)))
    folder = setting("OVERLAY")
    if folder:
        if not os.path.isdir(folder):
            raise Refused(f"OVERLAY={folder}: no such folder")
        trees.append(read_tree(folder))
    files = {EXEC_FILE: commands} if commands is not None else {}
    return pack(trees, files) if trees or files else None


class Initrd:
    """An overlay in a file for as long as QEMU needs it: `with Initrd(bytes) as arguments`."""

    def __init__(self, archive):
        self.archive = archive
        self.path = None

    def __enter__(self):
        if self.archive is None:
            return []
        handle, self.path = tempfile.mkstemp(suffix=".cpio", prefix="missive-")
        with os.fdopen(handle, "wb") as f:
            f.write(self.archive)
        return ["-initrd", self.path]

    def __exit__(self, *_):
        if self.path:
            os.unlink(self.path)


# --- QEMU --------------------------------------------------------------------------------------------------------------

def qemu(*arguments):
    """The command line without console and overlay."""
    if setting("MACHINE", "virt") != "virt":
        raise Refused("MACHINE: only virt for now")
    if not os.path.exists(image()):
        raise Refused(f"{image()} is not built: make image")
    line = [setting("QEMU", "qemu-system-riscv64"), "-machine", "virt", "-cpu", "rv64", "-smp", setting("SMP", "1"),
            "-m", setting("MEM", "128M"), "-no-reboot", "-bios", "default", "-kernel", image()]
    if setting("ICOUNT") not in ("", "0"):
        line += ["-icount", "shift=0,sleep=off"]
    return line + list(arguments)


# --- What comes back: the frames of user/init/exec.c ----------------------------------------------------------------

class Frames:
    """Takes the console's bytes apart. feed() returns a list of (letter, bytes); letter C is console text that is
    in no frame."""

    LONGEST = 1 << 16

    def __init__(self):
        self.rest = b""

    def feed(self, data):
        self.rest += data
        found = []
        while self.rest:
            item, length = self._next()
            if length == 0:
                break
            self.rest = self.rest[length:]
            if item[1] or item[0] != "C":
                found.append(item)
        return found

    def finish(self):
        """What is left when nothing more comes: a torn frame is shown as it is."""
        rest, self.rest = self.rest, b""
        return rest

    def _next(self):
        """The first item, and how many bytes it took; 0: more bytes are needed."""
        start = self.rest.find(b"\x01")
        if start != 0:
            text = self.rest if start < 0 else self.rest[:start]
            return ("C", text), len(text)
        head, newline, body = self.rest[:16].partition(b"\n")
        letter, digits = head[1:2], head[2:]
        broken = (letter and letter not in b"SOEX") or (digits and not digits.isdigit())
        if not newline and not broken and len(self.rest) < 16:
            return None, 0
        if not newline or broken or not digits or int(digits) > self.LONGEST:
            return ("C", self.rest[:1]), 1
        end = len(head) + 1 + int(digits)
        if len(self.rest) < end:
            return None, 0
        return (letter.decode(), self.rest[len(head) + 1:end]), end
