"""What grows with what: the system-call table under a load that grows, as a table and as a plot.

Each column is a boot of its own with the same memory, so nothing is left from the column before. An operation is
constant if no load makes it cost more than 5 % above what it costs without one; fork may grow with the pages that are
mapped and the descriptors that are open, by at most 40 instructions for each. A column without figures is a load that
the system would not carry.
"""

import json
import math
import os

import figures

MEMORY = "512M"
OPTIONS = "-b 5 -d 20"
PAGES = 256 # in a MiB
CONSTANT, EACH = 0.05, 40
# Option of user/bench, what it puts on the system, how much of it; and what fork may cost for each of so many parts.
LOADS = [
    ("-p", "processes alive", [10, 100, 1000], None),
    ("-f", "open descriptors", [10, 100, 1000], ("descriptor", 1)),
    ("-m", "MiB touched by the process", [1, 4, 16, 64], ("page", PAGES)),
    ("-r", "readers that wait", [1, 10, 100, 1000], None),
]
CROWDS = [1, 10, 100, 1000]
GROWING = {"fork", "exec", "execlibc"}


def median(figure):
    return figure[0] if isinstance(figure, tuple) else None


class Column:
    """One boot: the load, and the medians."""

    def __init__(self, amount, found):
        self.amount = amount
        self.cost = {row.name: median(found.get(row.name)) for row in figures.MESSAGES + figures.CALLS}


class Load:
    """One kind of load, with a column for each amount; the first one is the machine without load."""

    def __init__(self, what, rows, part, columns):
        self.what, self.rows, self.part, self.columns = what, rows, part, columns

    def costs(self, name):
        return [column.cost[name] for column in self.columns]

    def growth(self, name):
        """How much more the dearest column costs than the one without load: 0.05 is 5 %. None: not measured."""
        costs = [cost for cost in self.costs(name) if cost]
        return max(costs) / costs[0] - 1 if len(costs) > 1 else None

    def each(self, name):
        """Instructions for each part, from the smallest amount to the largest."""
        columns = [column for column in self.columns[1:] if column.cost[name]]
        if not self.part or len(columns) < 2:
            return None
        few, many = columns[0], columns[-1]
        return (many.cost[name] - few.cost[name]) / ((many.amount - few.amount) * self.part[1])

    def verdict(self, name):
        growth = self.growth(name)
        if growth is None:
            return "not measured"
        each = self.each(name) if name in GROWING else None
        if each is not None:
            return f"{each:.1f} a {self.part[0]}" + (" over" if each > EACH else "")
        return f"{100 * growth:+.1f} %" + (" grows" if growth > CONSTANT else "")


def measure_messages(run, say):
    """run(crowd, memory) gives the figures of one boot."""
    columns = []
    for crowd in [0] + CROWDS:
        say(f"{crowd} threads wait at an endpoint, {MEMORY}")
        columns.append(Column(crowd, run(crowd, MEMORY)))
    return Load("threads that wait at an endpoint", figures.MESSAGES, None, columns)


def measure_calls(run, say):
    """run(options, memory) gives the figures of one boot."""
    say(f"no load, {MEMORY}")
    unloaded = Column(0, run(OPTIONS, MEMORY))
    loads = []
    for option, what, amounts, part in LOADS:
        columns = [unloaded]
        for amount in amounts:
            say(f"{amount} {what}, {MEMORY}")
            columns.append(Column(amount, run(f"{OPTIONS} {option} {amount}", MEMORY)))
        loads.append(Load(what, figures.CALLS, part, columns))
    return loads


# --- The table -----------------------------------------------------------------------------------------------------------

def table(load):
    lines = [f"{load.what + ', each with ' + MEMORY + ' of memory':<52}"
             + "".join(f"{c.amount or 'none':>11}" for c in load.columns) + "   growth"]
    for row in load.rows:
        costs = "".join(f"{figures.number(c):>11}" for c in load.costs(row.name))
        lines.append(f"{row.what:<52}{costs}   {load.verdict(row.name)}")
    return "\n".join(lines)


def as_json(loads):
    return json.dumps({"memory": MEMORY, "loads": [
        {"what": load.what, "amounts": [c.amount for c in load.columns],
         "rows": [{"name": r.name, "what": r.what, "medians": load.costs(r.name), "growth": load.growth(r.name),
                   "each": load.each(r.name) if r.name in GROWING else None} for r in load.rows]}
        for load in loads]}, indent=1) + "\n"


# --- The plot: cost with load divided by cost without, both axes logarithmic -----------------------------------------------

WIDTH, HEIGHT, LEFT, TOP, BETWEEN = 330, 260, 50, 70, 170
COLOURS = ["#c0392b", "#2471a3", "#1e8449", "#b9770e", "#7d3c98", "#117a65", "#2c3e50"]
GREY = "#bbbbbb"


def text(x, y, words, size=12, colour="#222222", anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{words}</text>'


def segment(x0, y0, x1, y1, colour="#dddddd"):
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{colour}"/>'


class Panel:
    """The lines of one kind of load. Its left edge is the machine without load."""

    def __init__(self, load, left, decades):
        self.load, self.left, self.decades = load, left, decades
        self.most = math.log10(load.columns[-1].amount)

    def x(self, amount):
        return self.left + (0 if not amount else (0.12 + 0.88 * math.log10(amount) / self.most) * WIDTH)

    def y(self, ratio):
        return TOP + HEIGHT * (1 - math.log10(max(ratio, 1)) / self.decades)

    def axes(self):
        yield text(self.left, TOP - 12, self.load.what, 14)
        for decade in range(self.decades + 1):
            y = self.y(10 ** decade)
            yield segment(self.left, y, self.left + WIDTH, y)
            yield text(self.left - 6, y + 4, f"{10 ** decade}x", 11, anchor="end")
        for column in self.load.columns:
            yield segment(self.x(column.amount), TOP, self.x(column.amount), TOP + HEIGHT)
            yield text(self.x(column.amount), TOP + HEIGHT + 16, column.amount or "none", 11, anchor="middle")

    def line(self, name, colour):
        costs = self.load.costs(name)
        points = " ".join(f"{self.x(c.amount):.1f},{self.y(cost / costs[0]):.1f}"
                          for c, cost in zip(self.load.columns, costs) if cost)
        return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.6"/>'

    def lines(self):
        """What grows in colour, with its name where its line ends; all else in grey."""
        growth = {row.name: self.load.growth(row.name) for row in self.load.rows}
        measured = [name for name, g in growth.items() if g is not None]
        grown = sorted((n for n in measured if growth[n] > CONSTANT), key=lambda n: -growth[n])
        yield from (self.line(name, GREY) for name in measured if name not in grown)
        free = TOP
        for i, name in enumerate(grown):
            colour = COLOURS[i % len(COLOURS)]
            yield self.line(name, colour)
            costs = [cost for cost in self.load.costs(name) if cost]
            end = costs[-1] / costs[0]
            free = max(free + 13, self.y(end) + 4)
            yield text(self.left + WIDTH + 6, free, f"{name} {end:.2f}x", 11, colour)
        yield text(self.left, TOP + HEIGHT + 36, f"grey: {len(measured) - len(grown)} that stay within 5 %", 11)


def plot(loads):
    ratios = [c / load.costs(row.name)[0] for load in loads for row in load.rows
              if load.growth(row.name) is not None for c in load.costs(row.name) if c]
    decades = max(1, math.ceil(math.log10(max(ratios, default=1))))
    width, height = LEFT + len(loads) * (WIDTH + BETWEEN), TOP + HEIGHT + 60
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif">',
           f'<rect width="{width}" height="{height}" fill="white"/>',
           text(LEFT, 24, f"Cost of a message or system call with a load, divided by its cost without ({MEMORY} of memory)", 16)]
    for i, load in enumerate(loads):
        panel = Panel(load, LEFT + i * (WIDTH + BETWEEN), decades)
        out += [*panel.axes(), *panel.lines()]
    return "\n".join(out + ["</svg>"]) + "\n"


def write(loads, out):
    for name, content in (("scale.json", as_json(loads)), ("scale.svg", plot(loads)),
                          ("scale.txt", "\n\n".join(map(table, loads)) + "\n")):
        with open(os.path.join(out, name), "w", encoding="utf-8") as f:
            f.write(content)
