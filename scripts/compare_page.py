"""The page of `make compare`: tables and charts as inline SVG, no script, nothing from elsewhere."""

import html

import compare_faults
import compare_result
import counting
from compare_result import LIMITS, SUPERVISOR, TITLES
from counting_table import number

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1c2530; margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 82rem; }
h1 { font-size: 1.7rem; margin: 0 0 .3rem; } h2 { font-size: 1.25rem; margin: 2.6rem 0 .5rem; }
p { max-width: 48rem; } p.lead { color: #4a5866; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; margin: .6rem 0; }
th, td { padding: .22rem .4rem; border-bottom: 1px solid #e3e8ee; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; position: sticky; left: 0; background: #fff; }
thead th { border-bottom: 2px solid #9aa7b4; vertical-align: bottom; }
tr.part td { font-weight: 600; padding-top: .9rem; }
small { color: #66737f; } td small { margin-left: .4rem; }
code { font: 12px/1.45 ui-monospace, monospace; background: #f3f5f8; padding: .1rem .3rem; border-radius: 3px; }
ul.commands { list-style: none; padding: 0; margin: .4rem 0; } ul.commands li { margin: .15rem 0; }
ul.commands b { display: inline-block; min-width: 5.5rem; font-size: 13px; }
ul.commands code { white-space: pre-wrap; overflow-wrap: anywhere; }
details { margin: .5rem 0; } summary { cursor: pointer; font-weight: 600; padding: .2rem 0; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(17.5rem, 1fr)); gap: 1rem 1.4rem; margin: 1rem 0; }
figure { margin: 0; display: flex; flex-direction: column; justify-content: space-between; } figcaption { font-size: 13px; font-weight: 600; margin-bottom: .15rem; }
svg { display: block; width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: #1c2530; }
table.faults td:not(:first-child) { text-align: left; vertical-align: top; }
table.faults th:not(:first-child) { text-align: left; white-space: normal; }
.end { display: block; margin: .1rem 0; padding: .05rem .5rem; border-radius: 3px; font-size: 12px; border-left: 4px solid; }
.masked { background: #eef5ee; border-color: #7fae87; } .error { background: #fbf6e0; border-color: #cfae2e; }
.came-back { background: #e6f0fa; border-color: #3d7fc0; } .hung { background: #fbe9dc; border-color: #d9772b; }
.died { background: #f9dfe0; border-color: #b3261e; }
.wrong { background: #fdecea; border-left: 4px solid #b3261e; padding: .5rem .9rem; max-width: 60rem; }
.good { background: #e9f5ec; border-left: 4px solid #2c7a43; padding: .5rem .9rem; max-width: 60rem; }
"""
BAR, BETWEEN, NAME, WIDTH, FIGURE = 13, 4, 66, 288, 56
MICRO, ALL, LINUX = (0x8f, 0xc1, 0xe8), (0x10, 0x3a, 0x6b), "#b9a98c"


def escape(text):
    return html.escape(str(text))


def colour(result, system):
    """The darker, the more is in the kernel; Linux is of another colour."""
    if system is result.linux:
        return LINUX
    last = max(len(result.missive) - 1, 1)
    part = result.missive.index(system) / last
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in zip(MICRO, ALL))


# --- Charts --------------------------------------------------------------------------------------------------------------

def short(value):
    """What has room at a bar's end."""
    return f"{value / 1e6:,.1f} M" if value is not None and value >= 1e6 else number(value)


def brief(value):
    """What has room in a cell: of whole programs millions with two digits; the JSON has them all."""
    return f"{value / 1e6:,.2f} M" if value is not None and value >= 1e7 else number(value)


def bars(result, title, systems, values):
    """One operation or property: a bar for each system, from zero."""
    most = max([v for v in values if v is not None], default=0) or 1
    height = len(systems) * (BAR + BETWEEN)
    out = [f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {WIDTH} {height}" role="img" '
           f'aria-label="{escape(title)}">']
    for i, (system, value) in enumerate(zip(systems, values)):
        y = i * (BAR + BETWEEN)
        width = (WIDTH - NAME - FIGURE) * (value or 0) / most
        out.append(f'<text x="{NAME - 6}" y="{y + 10.5}" text-anchor="end">{escape(system.name)}</text>'
                   f'<rect x="{NAME}" y="{y}" width="{max(width, 0.5):.1f}" height="{BAR}" rx="1.5" '
                   f'fill="{colour(result, system)}"/>'
                   f'<text x="{NAME + width + 4:.1f}" y="{y + 10.5}">{short(value)}</text>')
    return "".join(out) + "</svg></figure>"


def charts(result, rows, counter="instructions"):
    systems = result.systems if counter == "instructions" else result.missive
    return '<div class="charts">' + "".join(
        bars(result, what, systems, [s.value(name, counter) for s in systems]) for name, what in rows) + "</div>"


def supervisor_charts(result):
    return '<div class="charts">' + "".join(
        bars(result, what, result.missive, [s.supervisor[key] for s in result.missive]) for key, what in SUPERVISOR) + "</div>"


# --- Tables --------------------------------------------------------------------------------------------------------------

def cell(system, row, counter, ratio):
    value = system.value(row, counter)
    command = system.commands.get(row, "")
    if value is None:
        return f'<td title="{escape(system.why(row))}">-</td>'
    beside = f"<small>{ratio:.2f}</small>" if ratio is not None else ""
    return f'<td title="{escape(command)}">{brief(value)}{beside}</td>'


def table(result, counter):
    """Operations and workloads; beside instructions their ratio to the first column."""
    systems = result.systems if counter == "instructions" else result.missive
    out = ['<div class="wide"><table><thead><tr><th></th>', *(f"<th>{escape(s.name)}</th>" for s in systems),
           "</tr></thead><tbody>"]
    for part, rows in (("for one operation", result.operations), ("for a whole program", result.workloads)):
        out.append(f'<tr class="part"><td colspan="{len(systems) + 1}">{part}</td></tr>')
        for name, what in rows:
            cells = (cell(s, name, counter, result.ratio(s, name) if counter == "instructions" and s is not systems[0]
                          else None) for s in systems)
            out.append(f"<tr><td>{escape(what)}</td>{''.join(cells)}</tr>")
    return "".join(out) + "</tbody></table></div>"


def supervisor_table(result):
    out = ['<div class="wide"><table><thead><tr><th></th>', *(f"<th>{escape(s.name)}</th>" for s in result.missive),
           "</tr></thead><tbody>"]
    for key, what in SUPERVISOR:
        out.append(f"<tr><td>{what}</td>" + "".join(f"<td>{number(s.supervisor[key])}</td>" for s in result.missive) + "</tr>")
    return "".join(out) + "</tbody></table></div>"


def commands(systems):
    """The command that prints a column again: all six counters of each row."""
    out = []
    for system in systems:
        for command in dict.fromkeys(system.commands.values()):
            out.append(f"<li><b>{escape(system.name)}</b><code>{escape(command)}</code></li>")
    return '<ul class="commands">' + "".join(out) + "</ul>"


# --- The page ------------------------------------------------------------------------------------------------------------

def verdict(result):
    if result.complaints:
        items = "".join(f"<li>{escape(c)}</li>" for c in result.complaints)
        return f'<div class="wrong">The systems do not agree, or something failed:<ul>{items}</ul></div>'
    names = ", ".join(s.name for s in result.systems)
    return f'<div class="good">Every operation worked, and every workload printed and left the same bytes in: {escape(names)}.</div>'


def absent(result):
    lines = [f"<p>{escape(c.name)} is left out: {escape(c.why)}.</p>" for c in result.refused]
    lines += [f"<p>Not run, as there is no tool for it here: {escape(what)}.</p>" for what in result.absent]
    return "".join(lines)


# --- Faults --------------------------------------------------------------------------------------------------------------

def mark(system, fault, outcome):
    command = f"{system.fault_command} {fault.seed}"
    return (f'<span class="end {outcome.replace(" ", "-")}" title="{escape(command)}">'
            f"{compare_faults.MEANING[outcome]}</span>")


def fault_table(system):
    """A row for each server, a column for each kind, in a cell every fault of them."""
    out = [f'<h3>{escape(system.name)}</h3><div class="wide"><table class="faults"><thead><tr><th>in server</th>',
           *(f"<th>{escape(compare_faults.WHAT[kind])}</th>" for kind in compare_faults.KINDS), "</tr></thead><tbody>"]
    for server in compare_faults.SERVERS:
        cells = ("".join(mark(system, fault, outcome) for fault, outcome in system.faults.items()
                         if (fault.server, fault.kind) == (server, kind)) for kind in compare_faults.KINDS)
        out.append(f"<tr><td>{server}</td>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>")
    return (f"{''.join(out)}</tbody></table></div><p>Again: <code>{escape(system.fault_command)} SEED</code></p>")


def fault_totals(result):
    out = ['<table><thead><tr><th>all faults</th>', *(f"<th>{escape(s.name)}</th>" for s in result.struck),
           "</tr></thead><tbody>"]
    for outcome in compare_faults.OUTCOMES:
        out.append(f"<tr><td>{compare_faults.MEANING[outcome]}</td>"
                   + "".join(f"<td>{s.outcomes()[outcome]}</td>" for s in result.struck) + "</tr>")
    return "".join(out) + "</tbody></table>"


def faults(result):
    if not result.struck:
        return "<p>The fault campaign did not run (<code>FAULTS=0</code>, or no debug build).</p>"
    return f"""<p>The same seeds, and so the same faults before the same operation of the same server, in the debug build, whose kernel
checks its promises (<code>docs/faults.md</code>). Nobody noticed: output and final state are those of a run without a fault. Hung:
{compare_faults.BUDGET / 1e9:.0f} thousand million instructions did not end it. Counted are faults whose operation came. Who points at an
outcome sees the command that repeats it.</p>
{fault_totals(result)}{"".join(map(fault_table, result.struck))}"""


def head(result):
    steps = ", ".join(f"<b>{escape(s.name)}</b>" for s in result.missive[1:])
    if steps:
        steps += f'; <code>make image {escape(result.missive[-1].what)}</code> builds the last'
    return f"""<h1>Missive: micro or monolithic?</h1>
<p class="lead">The same server sources, the same programs, the same C library, and only the wall between kernel and servers
moved. <b>micro</b> has nothing in the kernel but the kernel; each column after it links one server more into it
{f"({steps})" if steps else ""}. {escape(result.linux.what) + " runs the same programs on the same machine." if result.linux else ""}</p>
<p class="lead">Figures are of QEMU <code>virt</code>, one hart, one nanosecond for an instruction; all but Linux's are
counted from outside, by a plugin of QEMU's translator, without an instruction of the guest.</p>"""


def counters(result):
    out = []
    for counter in counting.COUNTERS[1:]:
        out.append(f"<details><summary>{escape(TITLES[counter])}</summary>{table(result, counter)}"
                   f"{charts(result, result.workloads, counter)}</details>")
    return "".join(out)


def page(result):
    limits = "".join(f"<dt><b>{escape(what)}</b></dt><dd>{escape(why)}</dd>" for what, why in LIMITS)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Missive: micro or monolithic?</title><style>{STYLE}</style></head><body>
{head(result)}
{verdict(result)}{absent(result)}
<h2>Guest instructions</h2>
<p>For one operation, and for whole programs. Beside each figure its ratio to {escape(result.systems[0].name)}. Who points at a figure
sees the command that gives it again; the commands are below the table, too.</p>
{table(result, "instructions")}
<p>Each column again, with all its other counters (the programs and files are built by <code>make compare</code>):</p>
{commands(result.systems)}
<h3>Whole programs</h3>{charts(result, result.workloads)}
<h3>Operations</h3>{charts(result, result.operations)}
<h2>What the instructions are spent on</h2>
<p>Messages are deliveries to servers: calls, page faults and notices. Kernel entries are traps into the kernel. Bytes copied are what
the copy functions of the kernel and of the servers stored. The commands above print these, too.</p>
{counters(result)}
<h2>What one wild write can reach</h2>
<p>Lines of code are those of the sources linked, without blanks and comments. A wild write in supervisor mode can reach everything;
one in a server of its own reaches that server alone, which root restarts; memory and process are never restarted, so
their end is everybody's. Programs: the servers, {escape(", ".join(compare_result.compare_run.OTHERS))}.</p>
{supervisor_table(result)}
<p>Again: <code>make compare ONLY="{escape(" ".join(s.name.lstrip("+") for s in result.missive))}" LINUX=0</code></p>
{supervisor_charts(result)}
<h2>What faults do</h2>
{faults(result)}
<h2>What these figures cannot show</h2>
<dl>{limits}</dl>
</body></html>
"""
