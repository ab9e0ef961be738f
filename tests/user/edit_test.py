"""Types at the shell on a pseudo terminal: editing, history, completion, interrupts, jobs."""
import os
import shutil
import subprocess
import tempfile
import time
import traceback

import pexpect

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
HOME, END, DELETE = "\x1b[H", "\x1b[F", "\x1b[3~"


def ctrl(c):
    return chr(ord(c) & 0x1f)


class Terminal:
    """A shell at a prompt. `ask` types a line and returns what came before the next prompt."""

    def __init__(self, qemu, sh, columns=80):
        self.dir = tempfile.mkdtemp()
        env = {"PATH": "/usr/bin:/bin", "HOME": self.dir, "PS1": "PROMPT> ", "PS2": "MORE> ",
               "TERM": "vt100"}
        self.p = pexpect.spawn(qemu, [sh], env=env, cwd=self.dir, dimensions=(24, columns),
                               encoding="utf-8", timeout=60)
        self.p.delaybeforesend = 0.05
        self.p.expect_exact("PROMPT> ")

    def close(self):
        self.p.close(force=True)
        shutil.rmtree(self.dir)

    def ask(self, keys, end="\r"):
        self.p.send(keys + end)
        if end:
            self.p.expect("\r\n")
        self.p.expect_exact("PROMPT> ")
        return self.p.before

    def result(self, keys):
        """Types the keys, which have to make an echo of something; the line that it printed."""
        marker = self.ask(keys)
        return marker.replace("\r", "").rstrip("\n").split("\n")[-1]


def plain_typing(t):
    assert t.result("echo hello") == "hello"


def arrows_move_and_insert(t):
    assert t.result("echo hllo" + LEFT * 3 + "e") == "hello"
    assert t.result("echo ab" + LEFT * 2 + RIGHT + "x") == "axb"


def home_end_and_control_letters(t):
    assert t.result("cho x" + HOME + "e" + END + "y") == "xy"
    assert t.result("cho x" + ctrl("A") + "e" + ctrl("E") + "z") == "xz"
    assert t.result("echo ac" + ctrl("B") + "b" + ctrl("F") + "d") == "abcd"


def erasing(t):
    assert t.result("echo abx" + "\x7f" + "c") == "abc"
    assert t.result("echo axb" + LEFT * 2 + DELETE) == "ab"
    assert t.result("echo axb" + LEFT * 2 + ctrl("D")) == "ab"
    assert t.result("echo one two" + ctrl("W") + "three") == "one three"
    assert t.result("garbage" + ctrl("U") + "echo clean") == "clean"
    assert t.result("echo ab cd" + LEFT * 3 + ctrl("K")) == "ab"
    assert t.result("echo ab cd" + LEFT * 3 + ctrl("K") + ctrl("Y") + ctrl("Y")) == "ab cd cd"


def utf8_is_one_character(t):
    assert t.result("echo äöü" + LEFT * 2 + "\x7f" + "x") == "xöü"


def history(t):
    t.ask("echo first")
    t.ask("echo second")
    assert t.result(UP) == "second"
    assert t.result(UP + UP) == "first"
    assert t.result("echo typed" + UP + UP + DOWN + DOWN) == "typed"
    assert t.result(ctrl("P") + "!") == "typed!"


def history_is_listed(t):
    t.ask("echo one")
    t.ask("echo two")
    assert "    1  echo one\r\n    2  echo two\r\n    3  history\r\n" in t.ask("history")
    assert t.ask("history 1").startswith("    4  history 1")


def aliases_stand_for_the_first_word(t):
    t.ask("alias hi='echo hi' echo='echo -n' two='hi;hi' x=y y=x")
    assert t.result("hi all") == "hi all"
    assert "hihi" in t.ask("two")
    assert "hi='echo hi'" in t.ask("alias hi")
    assert "not found" in t.ask("x")
    t.ask("unalias -a")
    assert "not found" in t.ask("hi")


def long_lines_wrap(t):
    text = "word" * 60
    t.p.send("echo " + text + " >f; echo wri''tten" + HOME + RIGHT * 5 + "X\r")
    t.p.expect_exact("written\r\nPROMPT> ")
    with open(os.path.join(t.dir, "f")) as f:
        assert f.read() == "X" + text + "\n"


def interrupt_abandons_the_line(t):
    t.p.send("echo never")
    t.p.send(ctrl("C"))
    t.p.expect_exact("PROMPT> ")
    assert t.result("echo $?") == "130"


def end_of_file_ends_the_shell(t):
    t.p.send("exit_status=3" + ctrl("U"))
    t.p.send(ctrl("D"))
    t.p.expect(pexpect.EOF)
    t.p.wait()
    assert t.p.exitstatus == 0


def second_prompt(t):
    t.p.send("for i in 1 2\r")
    t.p.expect_exact("MORE> ")
    t.p.send("do echo n$i\r")
    t.p.expect_exact("MORE> ")
    assert t.result("done") == "n2"
    t.p.send("echo 'open\r")
    t.p.expect_exact("MORE> ")
    t.p.send(ctrl("C"))
    t.p.expect_exact("PROMPT> ")
    assert t.result("echo fine") == "fine"


def completion_of_files(t):
    open(os.path.join(t.dir, "some file"), "w").close()
    os.mkdir(os.path.join(t.dir, "directory"))
    open(os.path.join(t.dir, "directory", "inner"), "w").close()
    assert t.result("echo so\t") == "some file"
    assert t.result("echo dir\tin\t") == "directory/inner"
    assert t.result("echo ~/dir\tin\t").endswith("/directory/inner")


def completion_shows_candidates(t):
    for name in ("alpha1", "alpha2"):
        open(os.path.join(t.dir, name), "w").close()
    t.p.send("echo al\t\t")
    t.p.expect("alpha1 +alpha2")
    t.p.expect_exact("PROMPT> ")
    assert t.result("2") == "alpha2"


def completion_of_commands(t):
    assert t.result("unse\tx; printen\tHOME").startswith("/")


def begin(t, command):
    """Types a command, and waits until it runs in the foreground."""
    t.p.send(f"sh -c 'echo be''gun; exec {command}'\r")
    t.p.expect_exact("begun\r\n")


def reported(t, what):
    """Types empty lines until the shell says it."""
    for _ in range(100):
        if what in t.ask(""):
            return
        time.sleep(0.1)
    raise AssertionError(f"never: {what}")


def interrupt_kills_the_foreground_job(t):
    begin(t, "sleep 30")
    t.p.send(ctrl("C"))
    t.p.expect_exact("PROMPT> ")
    assert t.result("echo $?") == "130"


def interrupt_ends_a_loop(t):
    t.p.send("while :; do :; done\r")
    time.sleep(0.5)
    t.p.send(ctrl("C"))
    t.p.expect_exact("PROMPT> ")
    t.p.send("while :; do sleep 1; done\r")
    time.sleep(0.5)
    t.p.send(ctrl("C"))
    t.p.expect_exact("PROMPT> ")
    assert t.result("echo alive") == "alive"


def stopped_jobs_continue(t):
    begin(t, "sleep 1")
    t.p.send(ctrl("Z"))
    t.p.expect("Stopped")
    t.p.expect_exact("PROMPT> ")
    assert "sleep 1" in t.ask("jobs")
    assert "sleep 1" in t.ask("fg")
    assert t.result("echo $?") == "0"


def stopped_jobs_can_be_killed(t):
    begin(t, "sleep 30")
    t.p.send(ctrl("Z"))
    t.p.expect_exact("PROMPT> ")
    t.ask("kill %1")
    reported(t, "Terminated")


def background_jobs_are_reported(t):
    t.ask("sleep 0.2 &")
    reported(t, "Done")


def errors_do_not_end_it(t):
    t.ask("if then")
    t.ask("echo ${x?unset}")
    t.ask("readonly r=1; r=2")
    t.ask(". ./nosuch")
    t.ask("f() { f; }; f")
    t.ask("cat < /nope")
    assert t.result("echo $? alive") == "2 alive"


def deaths_are_reported(t):
    assert "Terminated" in t.ask("sh -c 'kill -TERM $$'")


def typed_ahead_lines_are_run(t):
    t.p.send("sleep 0.3\recho a''head\r")
    t.p.expect_exact("ahead\r\n")


def a_command_gets_what_is_typed_to_it(t):
    t.p.send("cat\r")
    time.sleep(0.4)
    t.p.send("to cat\r")
    t.p.expect("to cat\r\nto cat\r\n")
    t.p.send(ctrl("D"))
    t.p.expect_exact("PROMPT> ")


def the_prompt_is_expanded(t):
    t.p.send("PS1='<$PWD> '\r")
    t.p.expect_exact("<" + os.path.realpath(t.dir) + "> ")
    t.p.send("PS1='${bad!} PROMPT> '\r")
    t.p.expect_exact("PROMPT> ")
    t.p.expect_exact("PROMPT> ")


def control_l_clears(t):
    t.p.send("echo x" + ctrl("L"))
    t.p.expect_exact("\x1b[H\x1b[2J")
    assert t.result("y") == "xy"


TESTS = [plain_typing, arrows_move_and_insert, home_end_and_control_letters, erasing,
         utf8_is_one_character, history, history_is_listed,
         aliases_stand_for_the_first_word, long_lines_wrap, interrupt_abandons_the_line,
         end_of_file_ends_the_shell, second_prompt, completion_of_files,
         completion_shows_candidates, completion_of_commands, interrupt_kills_the_foreground_job,
         interrupt_ends_a_loop, stopped_jobs_continue,
         stopped_jobs_can_be_killed, background_jobs_are_reported,
         errors_do_not_end_it, deaths_are_reported, typed_ahead_lines_are_run,
         a_command_gets_what_is_typed_to_it, the_prompt_is_expanded, control_l_clears]


def standard_input_is_shared(qemu, sh):
    """What follows a command in the shell's own input is the command's to read."""
    text = "read x\ndata line\necho \"[$x]\"\nhead -c 3\nabcdef"
    for kind in ("pipe", "file"):
        if kind == "pipe":
            p = subprocess.run([qemu, sh], input=text, capture_output=True, text=True)
        else:
            with tempfile.TemporaryFile("w+") as f:
                f.write(text)
                f.seek(0)
                p = subprocess.run([qemu, sh], stdin=f, capture_output=True, text=True)
        assert p.stdout.startswith("[data line]\nabc"), kind


def nesting_is_refused(qemu, sh):
    """Deep nesting and huge words end in a message or a result, not in a crash."""
    n = 100000
    for text in ("(" * n, "$(" * n, "echo " + "${x-" * n, "echo $((" + "(" * n, "{ " * n,
                 "if " * n, "f() { f; }; f", "x='eval \"$x\"'; eval \"$x\"", "! " * n,
                 "echo $((" + "-" * n + "1))", "`" * n, "case x in " * n):
        p = subprocess.run([qemu, sh], input=text, capture_output=True, text=True)
        assert 0 <= p.returncode <= 2, (text[:20], p.returncode)
    p = subprocess.run([qemu, sh], input="echo " + "a" * 3000000 + " | wc -c",
                       capture_output=True, text=True)
    assert p.stdout.strip() == "3000001"


def run_all(qemu, sh):
    for test in TESTS:
        t = Terminal(qemu, sh)
        yield test.__name__, attempt(test, t)
        t.close()
    t = Terminal(qemu, sh, columns=20)
    yield "long_lines_wrap_in_20_columns", attempt(long_lines_wrap, t)
    t.close()
    for test in (standard_input_is_shared, nesting_is_refused):
        yield test.__name__, attempt(test, qemu, sh)


def attempt(test, *arguments):
    try:
        test(*arguments)
    except pexpect.ExceptionPexpect as e:
        return str(e).split("\n")[0] + " after " + repr(arguments[0].p.before[-200:])
    except AssertionError as e:
        return f"line {traceback.extract_tb(e.__traceback__)[-1].lineno} {e}"
    return None
