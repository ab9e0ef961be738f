"""What the benchmark measures: its rows, what others need for them, what Missive is to need, and the tables.

A figure is (median, minimum, maximum) of guest instructions for one operation. The peers' figures were taken in the
same way (docs/bench.md); they are printed beside Missive's, with the ratio Missive / peer.
"""

import json
import re

LINE = re.compile(r"^(\w+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+\d+ x \d+\s", re.M)
LEFT_OUT = re.compile(r"^(\w+)\s+(FAIL|SKIP.*?)\s*$", re.M)


class Row:
    """One operation. A bar of None: measured, but nothing was promised; a name: no more than that row costs."""

    def __init__(self, name, what, peers, bar=None):
        self.name, self.what, self.peers, self.bar = name, what, peers, bar

    def bar_in(self, found):
        """The bar as a number, among these figures."""
        if not isinstance(self.bar, str):
            return self.bar
        figure = found.get(self.bar)
        return figure[0] if isinstance(figure, tuple) else None


def messages(name, what, sel4, bar=None):
    return Row(name, what, {"seL4": sel4}, bar)


def calls(name, what, debian, lean, bar=None):
    return Row(name, what, {"Debian": debian, "lean": lean}, bar)


# seL4 16.0.0, fast path on, no MCS; Linux 6.12 as Debian builds it, and as small and fast as it goes.
MESSAGES = [
    messages("call", "call + reply_recv, 6 words and a label", 594, 220),
    messages("callready", "the same, a third thread ready at a lower priority", 634, "call"),
    messages("call512", "the same, 512 bytes each way", 2542),
    messages("callcap", "call + reply_recv, a capability moved each way", None, 600),
    messages("foreign", "foreign system call served and answered", 1526, 320),
    messages("fault", "page fault served and answered, no mapping", 1432, 400),
    messages("wake", "signal that wakes a higher priority, one way", 614, 260),
    messages("signal", "signal, nobody waits", 449, 130),
    messages("switch", "yield between two threads, one switch", 423, 170),
    messages("identify", "null kernel operation", 123, 110),
    messages("mapunmap", "map and unmap one page", 1429),
]
CALLS = [
    calls("getpid", "getpid", 435, 219, 400),
    calls("read1", "read 1 byte of /dev/zero", 868, 387, 550),
    calls("write1", "write 1 byte to /dev/null", 782, 330, 500),
    calls("openclose", "open + close /dev/null", 8184, 3290, 2500),
    calls("pread4k", "pread 4 KiB of a file", 2876, 2160, 1600),
    calls("pingpong", "pipe ping-pong, two processes", 13640, 5955, 2900),
    calls("pipe64k", "pipe, 64 KiB writes, per byte", 1.28, 0.88, 0.45),
    calls("pipe4k", "pipe, 4 KiB writes, per byte", 2.02, 1.19, 0.70),
    calls("fork", "fork + exit + wait", 156009, 81000, 40000),
    calls("exec", "fork + exec + exit + wait, no libc", 340284, 170911, 85000),
    calls("execlibc", "fork + exec + exit + wait, glibc static", 542170, 297329, 170000),
    calls("mmap0", "mmap + munmap, 1 page untouched", 12853, 7408, 1500),
    calls("mmap1", "mmap + touch + munmap, 1 page", 21844, 11191, 4400),
    calls("mmap64", "the same, 64 pages", 388998, 165427, 90000),
    calls("sigaction", "install a signal handler", 748, 438, 440),
    calls("sigkill", "kill(self) + handler + return", 5265, 3130, 2000),
    calls("futex", "futex ping-pong, two threads", 9911, 4415),
    calls("yield", "sched_yield, switch between two processes", 3010, 1287, 750),
    calls("yieldfifo", "the same, SCHED_FIFO", 2248, 758),
    calls("poll", "ppoll, 1 ready descriptor", 1296, 754, 750),
    calls("epoll", "epoll_pwait, 1 ready descriptor", 1106, 568),
]
TABLES = {"messages": MESSAGES, "calls": CALLS}


def read(text):
    """Name -> (median, minimum, maximum), or why there is none, of what a program printed."""
    text = text.replace("\r\n", "\n")
    found = {name: why for name, why in LEFT_OUT.findall(text)}
    found.update({name: tuple(map(float, values)) for name, *values in LINE.findall(text)})
    return found


def number(value):
    if value is None:
        return "-"
    return f"{value:.2f}" if value < 100 and value != int(value) else f"{value:,.0f}"


def ratio(ours, theirs):
    return ours / theirs if theirs else None


# --- On the screen ---------------------------------------------------------------------------------------------------

def heading(title, peers, measured_too):
    head = f"{title:<52}{'median':>10}{'min':>10}{'max':>10}"
    for peer in peers:
        head += f"{peer:>10}{'ratio':>7}"
    if measured_too:
        head += f"{'Linux':>10}{'ratio':>7}"
    return head + f"{'bar':>9}"


def line(row, found, linux):
    """linux: the figure of the Linux that was booted here, or None if none was."""
    figure, bar = found.get(row.name), row.bar_in(found)
    text = f"{row.what:<52}"
    if isinstance(figure, tuple):
        text += "".join(f"{number(v):>10}" for v in figure)
    else:
        text += f"{figure or 'no figure':>30}"
    columns = list(row.peers.values())
    if linux is not None:
        columns.append(linux[0] if isinstance(linux, tuple) else None)
    for peer in columns:
        here = ratio(figure[0], peer) if isinstance(figure, tuple) else None
        text += f"{number(peer):>10}" + (f"{here:>7.2f}" if here is not None else f"{'':>7}")
    text += f"{number(bar):>9}"
    if isinstance(figure, tuple) and bar is not None and figure[0] > bar:
        text += " over"
    return text


def table(title, rows, found, linux=None):
    lines = [heading(title, rows[0].peers, linux is not None)]
    for row in rows:
        there = None if linux is None else linux.get(row.name, "no figure")
        lines.append(line(row, found, there))
    return "\n".join(lines)


# --- In a file, and against one ----------------------------------------------------------------------------------------

def as_json(found, linux, instrument):
    rows = []
    for name, listed in TABLES.items():
        for row in listed:
            figure = found.get(row.name)
            entry = {"table": name, "name": row.name, "what": row.what, "peers": row.peers,
                     "bar": row.bar_in(found)}
            if isinstance(figure, tuple):
                entry.update(zip(("median", "min", "max"), figure))
                entry["ratio"] = {peer: round(figure[0] / v, 3) for peer, v in row.peers.items() if v}
            else:
                entry["why"] = figure or "no figure"
            if linux and isinstance(linux.get(row.name), tuple):
                entry["linux"] = dict(zip(("median", "min", "max"), linux[row.name]))
            rows.append(entry)
    return json.dumps({"instrument": instrument, "rows": rows}, indent=1) + "\n"


NOISE = 0.002 # a median that moves less has not moved


def compare(base, found):
    """What got better or worse since the figures in base (the text of a bench.json)."""
    before = {row["name"]: row.get("median") for row in json.loads(base)["rows"]}
    lines, same = [], 0
    for row in MESSAGES + CALLS:
        old, new = before.get(row.name), found.get(row.name)
        new = new[0] if isinstance(new, tuple) else None
        if old is None or new is None:
            if old != new:
                lines.append(f"{'new' if old is None else 'gone':<7}{row.what:<52}{number(old):>10}{number(new):>10}")
        elif abs(new - old) <= NOISE * old:
            same += 1
        else:
            word = "better" if new < old else "worse"
            lines.append(f"{word:<7}{row.what:<52}{number(old):>10}{number(new):>10}{100 * (new - old) / old:>+8.1f} %")
    return "\n".join(lines + [f"{same} rows are as they were"])
