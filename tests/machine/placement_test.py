"""Servers in the kernel: the microkernel has nothing of it, and lists that are not closed are refused."""

import os
import re
import subprocess

import elf64
import machine

IN_KERNEL = os.path.join(machine.ROOT, "scripts", "in-kernel")


def names(wanted):
    done = subprocess.run([IN_KERNEL, "names", wanted], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def the_microkernel_has_no_code_for_servers_in_it(build):
    for flavour in ("release", "debug"):
        symbols = [n for n, _ in elf64.Elf(os.path.join(build, flavour, "missive.elf")).each_symbol()]
        found = [n for n in symbols if re.search(r"placed_|server_|arch_root_add", n)]
        assert symbols and not found, f"{flavour}: {found[:5]}"


def a_list_that_is_not_closed_is_refused_with_what_is_missing(build):
    del build
    status, out, err = names("fs memory")
    assert status and not out, out
    for missing in ("process", "terminal", "pipe"):
        assert missing in err, err
    assert "memory" not in err, err


def a_name_that_is_no_server_is_refused(build):
    del build
    status, out, err = names("memory harddisk")
    assert status and not out and "harddisk" in err, err


def a_closed_list_is_told_in_the_order_of_ranks(build):
    del build
    assert names("process memory") == (0, "memory process", "")
    assert names("pipe memory process") == (0, "memory process pipe", "")  # it prints by the terminal, where that is
    status, out, _ = names("all")
    assert not status and out.split()[:3] == ["memory", "process", "terminal"], out


def make_refuses_such_a_list(build):
    done = subprocess.run(["make", "-n", "image", f"BUILD={build}", "IN_KERNEL=process"], cwd=machine.ROOT,
                          env={k: v for k, v in os.environ.items() if not k.startswith("MAKE")}, capture_output=True,
                          text=True, check=False)
    assert done.returncode and "memory missing" in done.stderr, done.stderr[-200:]


TESTS = [the_microkernel_has_no_code_for_servers_in_it, a_list_that_is_not_closed_is_refused_with_what_is_missing,
         a_name_that_is_no_server_is_refused, a_closed_list_is_told_in_the_order_of_ranks, make_refuses_such_a_list]


def run(build, wanted, done):
    for test in TESTS:
        name = f"placement/{test.__name__}"
        if not wanted(name):
            continue
        try:
            test(build)
            done(name, None)
        except (AssertionError, OSError) as error:
            done(name, str(error) or type(error).__name__)
