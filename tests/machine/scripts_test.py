"""The scripts that build and boot, without a machine: archives, frames, process 1 as an ordinary program."""

import os
import pty
import stat
import subprocess
import tempfile

import machine
import newc

FAKE_QEMU = """#!/bin/sh
printf 'firmware\\n\\001S0\\n\\001O3\\nout\\001E3\\nerrpanic\\n'
%s
"""


def an_archive_is_read_by_cpio_and_its_data_is_page_aligned():
    archive = newc.Archive()
    archive.directory("d", 0o1777)
    archive.file("d/a", b"x" * 5000, 0o755)
    archive.file("d/b", b"marker", 0o600, 1000, 1000)
    archive.symlink("d/l", "a")
    data = archive.bytes()
    assert len(data) % newc.PAGE == 0 and data.index(b"marker") % newc.PAGE == 0
    assert newc.names(data) == ["d", "d/a", "d/b", "d/l"]
    with tempfile.TemporaryDirectory() as top:
        subprocess.run(["cpio", "-i", "--quiet", "--no-preserve-owner"], cwd=top, input=data, check=True)
        status = os.lstat(os.path.join(top, "d/b"))
        assert stat.S_IMODE(status.st_mode) == 0o600 and status.st_size == 6
        assert os.readlink(os.path.join(top, "d/l")) == "a"
        assert os.path.getsize(os.path.join(top, "d/a")) == 5000


def an_overlay_has_its_folders_before_their_files():
    with tempfile.TemporaryDirectory() as top:
        os.makedirs(os.path.join(top, "etc/x"))
        os.symlink("usr/lib", os.path.join(top, "bin"))
        tree = machine.read_tree(top, {"bin"})
        data = machine.pack([tree], {machine.EXEC_FILE: b"echo"})
    done = subprocess.run(["cpio", "-it", "--quiet"], input=data, stdout=subprocess.PIPE, check=True)
    names = done.stdout.decode().split()
    assert sorted(names) == ["etc", "etc/missive", machine.EXEC_FILE, "etc/x"], names
    for name in names:
        parent = os.path.dirname(name)
        assert not parent or names.index(parent) < names.index(name), names


def frames_torn_anywhere_come_out_whole():
    data = b"abc\x01S0\n\x01O3\na\x01b\x01Zq\x01E1\nx\x01X1\n0tail"
    for cut in range(len(data)):
        frames, found = machine.Frames(), {}
        for letter, content in frames.feed(data[:cut]) + frames.feed(data[cut:]):
            found[letter] = found.get(letter, b"") + content
        want = {"C": b"abc\x01Zqtail", "S": b"", "O": b"a\x01b", "E": b"x", "X": b"0"}
        assert found == want and frames.finish() == b"", (cut, found)


def run_exec(end, **variables):
    """scripts/exec with something else in QEMU's place."""
    with tempfile.TemporaryDirectory() as top:
        fake = os.path.join(top, "qemu")
        with open(fake, "w", encoding="ascii") as f:
            f.write(FAKE_QEMU % end)
        os.chmod(fake, 0o755)
        environment = {**os.environ, "QEMU": fake, "IMAGE": fake, "CMD": "x", "LOG": os.path.join(top, "log"), **variables}
        return subprocess.run([os.path.join(machine.ROOT, "scripts", "exec")], env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


def exec_takes_the_streams_apart_and_ends_with_the_status():
    done = run_exec("printf '\\001X2\\n42bye'")
    assert (done.returncode, done.stdout, done.stderr) == (42, b"out", b"errpanic\n"), done


def exec_says_125_when_the_machine_falls():
    done = run_exec("")
    assert done.returncode == 125 and done.stdout == b"out" and b"firmware" in done.stderr, done


def exec_says_125_when_the_machine_hangs():
    done = run_exec("exec sleep 60", TIMEOUT="1")
    assert done.returncode == 125 and b"TIMEOUT=1" in done.stderr, done


def run_init(commands):
    """Process 1 as an ordinary program, on a terminal of this machine: what its frames say."""
    with tempfile.TemporaryDirectory() as top:
        ours, theirs = pty.openpty()
        os.makedirs(os.path.join(top, "etc/missive"))
        os.makedirs(os.path.join(top, "dev"))
        os.symlink(os.ttyname(theirs), os.path.join(top, "dev/console"))
        with open(os.path.join(top, machine.EXEC_FILE), "wb") as f:
            f.write(commands)
        init = subprocess.Popen(["qemu-riscv64", "-L", top, os.path.join(machine.BUILD, "user", "init")],
                                stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        frames, found = machine.Frames(), {}
        while True:
            try:
                data = os.read(ours, 65536)
            except OSError:
                break
            for letter, content in frames.feed(data):
                found[letter] = found.get(letter, b"") + content
        init.wait()
        os.close(ours)
        return found


def init_passes_every_byte_of_both_streams():
    found = run_init(b"printf 'a\\r\\n\\001O3\\nb\\000'; echo err >&2; exit 3")
    assert found == {"S": b"", "O": b"a\r\n\x01O3\nb\0", "E": b"err\n", "X": b"3"}, found
    assert len(run_init(b"yes | head -c 1000000")["O"]) == 1000000


def init_reports_a_signal_as_a_shell_would():
    assert run_init(b"kill -9 $$")["X"] == b"137"


def init_does_not_wait_for_an_orphan_for_ever():
    assert run_init(b"sleep 20 & echo x; exit 4") == {"S": b"", "O": b"x\n", "X": b"4"}


TESTS = [an_archive_is_read_by_cpio_and_its_data_is_page_aligned, an_overlay_has_its_folders_before_their_files,
         frames_torn_anywhere_come_out_whole, exec_takes_the_streams_apart_and_ends_with_the_status,
         exec_says_125_when_the_machine_falls, exec_says_125_when_the_machine_hangs,
         init_passes_every_byte_of_both_streams, init_reports_a_signal_as_a_shell_would,
         init_does_not_wait_for_an_orphan_for_ever]


def run(done):
    for test in TESTS:
        try:
            test()
            done(f"scripts/{test.__name__}", None)
        except (AssertionError, OSError, subprocess.SubprocessError, KeyError) as error:
            done(f"scripts/{test.__name__}", str(error) or type(error).__name__)
