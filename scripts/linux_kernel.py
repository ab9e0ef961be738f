"""Debian's riscv64 Linux kernel: the package by scripts/debian, which verifies signatures, and its image unpacked.

Where this machine's apt knows no Debian mirror: MIRROR=url. What was fetched once needs no network any more.
"""

import glob
import gzip
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, os.environ.get("BUILD") or "build")
GZIP_MAGIC = b"\x1f\x8b"


def fetch():
    """(path of an uncompressed kernel image in the build folder, its version), or None: it cannot be had."""
    done = subprocess.run([os.path.join(ROOT, "scripts", "debian"), "linux-image-riscv64"],
                          stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        return None
    found = sorted(glob.glob(os.path.join(done.stdout.decode().strip(), "boot", "vmlinu*")))
    if not found:
        return None
    with open(found[-1], "rb") as f:
        image = f.read()
    path = os.path.join(BUILD, "linux.image")
    with open(path, "wb") as f:
        f.write(gzip.decompress(image) if image.startswith(GZIP_MAGIC) else image)
    return path, os.path.basename(found[-1]).partition("-")[2]
