"""The cpio "newc" archive, written so that it can be used in place.

The data of every regular file starts on a page boundary of the archive: the name field is padded with
NULs up to it, and counts them, so that any reader of the format takes it. Who holds such an archive in
memory can map a file's pages instead of copying them. An archive depends on nothing but what is in it:
members in the order given, times 0, inode numbers counted from 1.
"""

import stat

PAGE = 4096
HEADER = 110


class Archive:
    """Collects members; bytes() is the finished archive, a whole number of pages long. Linux takes no name longer than
    a page, padding counted: an archive for it has an alignment of 4."""

    def __init__(self, alignment=PAGE):
        self.alignment = alignment
        self.out = bytearray()
        self.inode = 0

    def _member(self, name, mode, uid, gid, data, device=(0, 0)):
        name = name.encode() if isinstance(name, str) else name
        namesize = len(name) + 1
        aligned = stat.S_ISREG(mode) and data
        end = len(self.out) + HEADER + namesize
        namesize += -end % (self.alignment if aligned else 4)
        links = 2 if stat.S_ISDIR(mode) else 1
        self.inode += 1
        fields = (self.inode, mode, uid, gid, links, 0, len(data), 0, 0, *device, namesize, 0)
        self.out += b"070701" + b"".join(b"%08x" % f for f in fields)
        self.out += name.ljust(namesize, b"\0")
        self.out += data
        self.out += bytes(-len(self.out) % 4)

    def directory(self, name, mode=0o755, uid=0, gid=0):
        self._member(name, stat.S_IFDIR | mode, uid, gid, b"")

    def file(self, name, data, mode=0o644, uid=0, gid=0):
        self._member(name, stat.S_IFREG | mode, uid, gid, data)

    def symlink(self, name, target, uid=0, gid=0):
        target = target.encode() if isinstance(target, str) else target
        self._member(name, stat.S_IFLNK | 0o777, uid, gid, target)

    def character_device(self, name, major, minor, mode=0o666):
        self._member(name, stat.S_IFCHR | mode, 0, 0, b"", (major, minor))

    def bytes(self):
        self.inode = -1
        self._member("TRAILER!!!", 0, 0, 0, b"")
        self.out += bytes(-len(self.out) % PAGE)
        return bytes(self.out)


def names(data):
    """The members' names of an archive written here."""
    at, found = 0, []
    while True:
        size, namesize = (int(data[at + start:at + start + 8], 16) for start in (54, 94))
        name = data[at + HEADER:at + HEADER + namesize].rstrip(b"\0").decode(errors="surrogateescape")
        if name == "TRAILER!!!":
            return found
        found.append(name)
        at += HEADER + namesize
        at += size + -(at + size) % 4
