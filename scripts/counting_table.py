"""The counters of each row that user/bench prints: its lines beside the windows that its marks made.

The program must be told `-c instret`: only so are its marks the two reads around each batch, or around a command.
"""

import re

import counting

WARM_UPS = 2 # user/bench/measure.c
LINE = re.compile(r"^(?P<name>\w+) +(?P<cost>[\d.]+) +[\d.]+ +[\d.]+ +(?P<batches>\d+) x \d+ +(?P<unit>[^;\n]*)"
                  r"|^(?P<work>\w+) (?P<total>\d+) instructions, status (?P<status>\d+), (?P<said>.*)"
                  r"|^(?P<bad>\w+) +(?P<why>FAIL|SKIP.*)", re.M)


class Row:
    """What was counted for one operation, or for one command."""

    def __init__(self, name, unit, counters=None, status=0, said="", why=""):
        self.name, self.unit, self.counters, self.status, self.said, self.why = name, unit, counters, status, said, why


def middle(windows):
    """The window with the median of instructions."""
    totals = sorted(windows, key=lambda rows: sum(row[3] for row in rows))
    return totals[len(totals) // 2]


def read(text, windows=None, owners=None):
    """The rows of what the program printed; without windows nothing but instructions. A test that failed has marks that
    nobody can count: then nothing behind it has counters."""
    found, at, lost = [], 1, ""
    for match in LINE.finditer(text.replace("\r\n", "\n")):
        name = match["name"] or match["work"] or match["bad"]
        if match["bad"]:
            found.append(Row(name, "", why=match["why"]))
            lost = lost or (f"{name} failed before" if match["why"] == "FAIL" else "")
            continue
        row = Row(name, match["unit"] or "command", None, int(match["status"] or 0), match["said"] or "")
        found.append(row)
        cost, batches = float(match["cost"] or match["total"]), int(match["batches"] or 1)
        warm_ups = WARM_UPS if match["name"] else 0
        if not windows:
            row.counters = {"instructions": cost}
            continue
        mine = windows.rows[at:at + 2 * (warm_ups + batches):2][warm_ups:]
        at += 2 * (warm_ups + batches)
        if lost or len(mine) < batches:
            row.why = lost or "no window"
            continue
        counters = counting.counters(middle(mine), owners)
        ops = counters["instructions"] / cost if match["name"] else 1
        row.counters = {c: n / ops for c, n in counters.items()}
    return found


def number(value):
    if value is None:
        return "-"
    if value < 10 and abs(value - round(value)) > 0.005:
        return f"{value:.2f}"
    return f"{value:,.0f}"


def show(rows):
    print(f"{'':<12}" + "".join(f"{c:>14}" for c in counting.COUNTERS))
    for row in rows:
        print(f"{row.name:<12}" + ("".join(f"{number(row.counters[c]):>14}" for c in counting.COUNTERS)
                                   if row.counters else f"{row.why:>14}") + f"  {row.unit}")
