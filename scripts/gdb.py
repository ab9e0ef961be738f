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


FIRST_OBJECT = 64  # kernel/pool.h


def threads():
    """Every thread of the machine, from the pages of every pool."""
    pointer = gdb.lookup_type("struct thread").pointer()
    kind = int(gdb.parse_and_eval("OBJECT_THREAD"))
    pool = gdb.parse_and_eval("pools")
    while pool:
        page = pool["pages"]
        while page:
            for i in range(int(page["capacity"]) if page["type"] == kind else 0):
                thread = gdb.Value(int(page) + FIRST_OBJECT + i * int(page["size"])).cast(pointer)
                if thread["object"]["type"] == kind and thread["object"]["pool"]:
                    yield thread
            page = page["next"]
        pool = pool["next"]


class Threads(gdb.Command):
    """threads: every thread with its state, where it is, and the call that it makes."""

    def __init__(self):
        super().__init__("threads", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        names = {field.enumval: field.name[len("THREAD_"):].lower()
                 for field in gdb.lookup_type("enum thread_state").fields()}
        for t in threads():
            a0, a7 = (int(t["frame"][r]) & (1 << 64) - 1 for r in ("a0", "a7"))
            print(f"{int(t):#x} {names.get(int(t['state']), '?'):10} rank {int(t['rank']):3} "
                  f"tag {int(t['tag']):#8x} pc {int(t['frame']['pc']):#14x} "
                  f"a7 {a7:#x} a0 {a0:#x}"
                  f"{' marked' if t['marked'] else ''}{' stopped' if t['stopped'] else ''}")


Symbols()
Threads()
