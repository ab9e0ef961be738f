"""As much of ELF64 as the build needs: program headers and symbols of a little-endian file."""

import struct

PT_LOAD = 1
SHT_SYMTAB = 2
FLAG_X, FLAG_W, FLAG_R = 1, 2, 4


class Segment:
    def __init__(self, raw, header):
        (kind, self.flags, offset, self.vaddr, _, self.filesz, self.memsz, _) = header
        self.load = kind == PT_LOAD and self.memsz > 0
        self.data = raw[offset:offset + self.filesz]


class Elf:
    def __init__(self, path):
        with open(path, "rb") as f:
            self.raw = f.read()
        if self.raw[:6] != b"\x7fELF\x02\x01":
            raise SystemExit(f"{path}: not a little-endian ELF64 file")
        fields = struct.unpack_from("<HHIQQQIHHHHHH", self.raw, 16)
        (_, _, _, self.entry, self.phoff, self.shoff, _, _, self.phsize, self.phnum,
         self.shsize, self.shnum, _) = fields

    def segments(self):
        """The loadable segments, by address."""
        table = (Segment(self.raw, struct.unpack_from("<IIQQQQQQ", self.raw, self.phoff + i * self.phsize))
                 for i in range(self.phnum))
        return sorted((s for s in table if s.load), key=lambda s: s.vaddr)

    def _section(self, index):
        return struct.unpack_from("<IIQQQQIIQQ", self.raw, self.shoff + index * self.shsize)

    def sections(self):
        """Name, flags and size of each section."""
        names = self._section(struct.unpack_from("<H", self.raw, 62)[0])[4]
        for index in range(self.shnum):
            (name, _, flags, _, _, size, _, _, _, _) = self._section(index)
            yield self._text(names + name), flags, size

    def _text(self, start):
        return self.raw[start:self.raw.index(b"\0", start)].decode()

    def symbols(self):
        """Name to value, of all symbols."""
        return dict(self.each_symbol())

    def each_symbol(self):
        """(name, value): a local name may come more than once."""
        for index in range(self.shnum):
            (_, kind, _, _, offset, size, link, _, _, entsize) = self._section(index)
            if kind != SHT_SYMTAB:
                continue
            strings = self._section(link)[4]
            for at in range(offset, offset + size, entsize):
                name, _, _, _, value, _ = struct.unpack_from("<IBBHQQ", self.raw, at)
                yield self._text(strings + name), value
