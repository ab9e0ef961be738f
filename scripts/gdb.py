"""What the debugger knows about Missive. Loaded by scripts/gdb; `help user-defined` lists the commands."""

import os

import gdb

BUILD = os.path.dirname(gdb.current_progspace().filename)


class Symbols(gdb.Command):
    """symbols NAME: adds the symbols of a server, which runs in an address space of its own."""

    def __init__(self):
        super().__init__("symbols", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        for flavour in ("release", "debug"):
            path = os.path.join(BUILD, flavour, "servers", argument + ".elf")
            if argument and os.path.exists(path):
                gdb.execute(f"add-symbol-file {path}")
                return
        raise gdb.GdbError(f"no server {argument!r} is built")


Symbols()
