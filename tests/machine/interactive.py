"""What a person at the terminal sees: each test types at one booted machine.

A test takes the console, with a fresh prompt shown, and leaves it so. It fails by an exception.
"""

import os
import re
import subprocess

import pexpect

PROMPT = r"[#$%] $"
PATIENCE = 30
LEFT, UP, END, ERASE, ESCAPE = "\x1b[D", "\x1b[A", "\x05", "\x7f", "\x1b"
DEBIAN = {"DEBIAN": "busybox-static"}


class Console(pexpect.spawn):
    """A booted machine on a terminal of 24 lines and 80 columns."""

    def __init__(self, root, variables, log):
        environment = {k: v for k, v in os.environ.items() if k not in ("CMD", "OVERLAY", "ICOUNT")}
        environment.update(variables)
        super().__init__(os.path.join(root, "scripts", "run"), env=environment, timeout=int(os.environ.get("PATIENCE", PATIENCE)), dimensions=(24, 80))
        self.logfile_read = open(log, "wb")
        self.delaybeforesend = 0.05

    def prompt(self):
        """Waits for a prompt with nothing behind it."""
        self.expect(PROMPT)

    def enter(self, line, expected):
        self.send(line + "\r")
        self.expect(expected)


def the_console_says_ready_just_before_the_prompt(c):
    c.expect(r"missive: ready, \d+ harts?, \d+ MiB free\r*\n")
    c.prompt()
    between = re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", c.before).strip()
    if between.count(b"\n") > 1:
        raise AssertionError(f"between ready and the prompt: {between!r}")


def a_command_line_runs(c):
    c.enter("echo typed | cat", r"\ntyped\r*\n")
    c.prompt()


def control_c_ends_the_program_not_the_shell(c):
    c.enter("sleep 1000", r"sleep 1000")
    c.expect(pexpect.TIMEOUT, timeout=1)
    c.sendcontrol("c")
    c.prompt()
    c.enter("echo status $?", r"status 130")
    c.prompt()


def control_c_drops_the_line(c):
    c.send("echo never")
    c.sendcontrol("c")
    c.prompt()
    c.enter("echo afterwards", r"\nafterwards\r*\n")
    c.prompt()


def control_d_ends_the_input(c):
    c.enter("wc -c", r"wc -c")
    c.send("four\r")
    c.sendcontrol("d")
    c.expect(r"\n *5\r*\n")
    c.prompt()


def control_d_at_the_prompt_brings_a_new_shell(c):
    c.sendcontrol("d")
    c.expect(r"here is a new one")
    c.prompt()


def the_line_is_edited(c):
    c.send("echo bd" + LEFT + "c" + LEFT * 2 + "a" + END + "xy" + ERASE * 2 + "e\r")
    c.expect(r"\nabcde\r*\n")
    c.prompt()


def the_history_comes_back(c):
    c.enter("echo first-line", r"\nfirst-line\r*\n")
    c.prompt()
    c.enter(UP, r"\nfirst-line\r*\n")
    c.prompt()


def erase_works_in_a_program_that_reads_lines(c):
    c.enter("head -n 1", r"head -n 1")
    c.send("abx" + ERASE + "c\r")
    c.expect(r"\nabc\r*\n")
    c.prompt()


def a_job_is_stopped_and_goes_on(c):
    c.enter("sleep 2", r"sleep 2")
    c.expect(pexpect.TIMEOUT, timeout=0.5)
    c.sendcontrol("z")
    c.prompt()
    c.send("fg\r")
    c.prompt()
    c.enter("echo back", r"\nback\r*\n")
    c.prompt()


def vi_draws_a_screen(c):
    c.send("busybox vi /tmp/text\r")
    c.expect(r"~.*~.*/tmp/text")
    c.send("ihello from vi")
    c.expect(r"from vi")
    c.send(ESCAPE)
    c.expect(pexpect.TIMEOUT, timeout=1) # or the next character would belong to an escape sequence
    c.send(":wq\r")
    c.prompt()
    c.enter("cat /tmp/text", r"\nhello from vi\r*\n")
    c.prompt()


def poweroff_ends_the_machine(c):
    c.send("poweroff\r")
    c.expect(pexpect.EOF)


PLAIN = [the_console_says_ready_just_before_the_prompt, a_command_line_runs, control_c_ends_the_program_not_the_shell,
         control_c_drops_the_line, control_d_ends_the_input, the_line_is_edited, the_history_comes_back,
         erase_works_in_a_program_that_reads_lines, a_job_is_stopped_and_goes_on,
         control_d_at_the_prompt_brings_a_new_shell, poweroff_ends_the_machine]
WITH_DEBIAN = [vi_draws_a_screen]


def brief(error):
    """One line: what was waited for, and what had come instead."""
    if not isinstance(error, pexpect.ExceptionPexpect):
        return str(error) or type(error).__name__
    text = str(error)
    waited = re.search(r"searcher.*?\n\s*0: (.*)", text)
    seen = re.search(r"buffer \(last \d+ chars\): (.*)", text)
    return f"waited for {waited.group(1) if waited else '?'}, had {seen.group(1) if seen else '?'}"


def run_group(tests, first, root, variables, log, done):
    """One machine for all; a fresh one after each failure."""
    console = None
    for test in tests:
        try:
            if console is None or not console.isalive():
                console = Console(root, variables, log)
                if test is not first:
                    console.prompt()
            test(console)
            done(test.__name__, None)
        except (pexpect.ExceptionPexpect, AssertionError, OSError, subprocess.SubprocessError) as error:
            done(test.__name__, brief(error))
            if console:
                console.terminate(force=True)
            console = None
    if console:
        console.terminate(force=True)
