#!/usr/bin/env python3
"""The shell against dash and the tools against coreutils, on the development host.

    tests/user/run.py [-v] [word]      only cases whose title contains the word

sh_cases.txt and tool_cases.txt hold the cases: a line "%% title", then a script. Each runs twice in
a fresh directory; standard output and exit status have to be equal. edit_test.py types at the shell.
"""
import concurrent.futures
import os
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("USER_BUILD", os.path.join(ROOT, "build", "user"))
QEMU = "qemu-riscv64"
ARGS = ["one", "two words", "three"]


def cases(name):
    title, lines = None, []
    with open(os.path.join(HERE, name)) as f:
        for line in f:
            if line.startswith("%% "):
                if title:
                    yield title, "".join(lines)
                title, lines = line[3:].strip(), []
            else:
                lines.append(line)
    yield title, "".join(lines)


def run(command, script, environment):
    with tempfile.TemporaryDirectory() as top:
        os.mkdir(os.path.join(top, "work"))
        path = os.path.join(top, "case.sh")
        with open(path, "w") as f:
            f.write(script)
        env = {"PATH": "/usr/bin:/bin", "HOME": "/root", "LC_ALL": "C", "TZ": "UTC", **environment}
        p = subprocess.Popen(command + [path] + ARGS, cwd=os.path.join(top, "work"), env=env,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, start_new_session=True)
        try:
            out, err = p.communicate(timeout=300)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            p.communicate()
            return b"", "timeout", b""
        return out.replace(top.encode(), b"TOP"), p.returncode, err


def shell_case(script):
    ours = [QEMU, os.path.join(BUILD, "sh")]
    return run(["dash"], script, {"SH": "dash"}), run(ours, script, {"SH": " ".join(ours)})


def tool_case(script):
    """Both run in dash, where functions put the tools in the place of the host's."""
    tools = [QEMU, os.path.join(BUILD, "tools")]
    names = subprocess.run(tools + ["--list"], capture_output=True, text=True).stdout.split()
    ours = "".join(f'{n}() {{ {" ".join(tools)} {n} "$@"; }}\n'
                   for n in names if n not in ("true", "false", "["))
    ours += f'RUN="{" ".join(tools)}"\n'
    plain = "RUN=\n" + "".join(f'{n}() {{ /usr/bin/{n} "$@"; }}\n'
                               for n in ("test", "echo", "printf", "kill"))
    return run(["dash"], plain + script, {}), run(["dash"], ours + script, {})


def check(job):
    kind, title, script = job
    want, got = (shell_case if kind == "sh" else tool_case)(script)
    if want[:2] == got[:2]:
        return None
    return f"FAIL {kind}: {title}", want, got


def edit_results():
    sys.path.insert(0, HERE)
    import edit_test
    return edit_test.run_all(QEMU, os.path.join(BUILD, "sh"))


def main():
    words = sys.argv[1:]
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # a shell that inherits it ignored (nohup) keeps that
    jobs = [("sh", t, s) for t, s in cases("sh_cases.txt")]
    jobs += [("tools", t, s) for t, s in cases("tool_cases.txt")]
    jobs = [j for j in jobs if not words or any(w in j[1] for w in words)]
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for result in pool.map(check, jobs):
            passed += result is None
            failed += result is not None
            if result:
                print(f"{result[0]}: expected {describe(result[1])}, got {describe(result[2])}")
    for name, problem in edit_results() if not words or "edit" in words else []:
        passed += problem is None
        failed += problem is not None
        if problem is not None:
            print(f"FAIL edit: {name}: {problem}")
    print(f"{passed} passed, {failed} failed")
    return failed != 0


def describe(result):
    return f"status {result[1]} out {result[0]!r} err {result[2]!r}"


if __name__ == "__main__":
    sys.exit(main())
