// execve: what a new program gets, what it does not, and that a failed exec changes nothing.
#include "test.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *no_environment[] = {NULL};

// Runs the helper in a child, after `before` (may be null) has prepared it.
static void exec_helper(char *const argv[], void (*before)(void))
{
    pid_t pid = fork_test();
    if (pid == 0) {
        if (before)
            before();
        execve(self_path, argv, no_environment);
        give_up("execve");
    }
    show_child(argv[2], pid);
}

static void arguments(void)
{
    char *environment[] = {"A=1", "EMPTY=", "B=two words", NULL};
    char *argv[] = {"x", "--helper", "arguments", "", "two words", "\xc3\xa9", NULL};
    pid_t pid = fork_test();
    if (pid == 0) {
        execve(self_path, argv, environment);
        give_up("execve");
    }
    show_child("child", pid);
}

static void open_files(void)
{
    int kept = make_file("kept", "0123456789");
    lseek(kept, 4, SEEK_SET);
    open("kept", O_RDONLY | O_CLOEXEC);
    dup3(kept, 20, O_CLOEXEC);
    dup2(20, 21);
}

static void descriptors(void)
{
    exec_helper((char *[]){"x", "--helper", "descriptors", NULL}, open_files);
}

static void prepare_signals(void)
{
    sigset_t set;
    handle(SIGUSR1, note, 0);
    signal(SIGUSR2, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGTERM);
}

static void signals(void)
{
    exec_helper((char *[]){"x", "--helper", "signals", NULL}, prepare_signals);
}

static void process(void)
{
    char pid[16], parent[16];
    pid_t child = fork_test();
    if (child == 0) {
        snprintf(pid, sizeof pid, "%d", getpid());
        snprintf(parent, sizeof parent, "%d", getppid());
        umask(035);
        alarm(50);
        symlink(self_path, "a_name_longer_than_sixteen");
        char *argv[] = {"x", "--helper", "process", pid, parent, NULL};
        execve("a_name_longer_than_sixteen", argv, no_environment);
        give_up("execve");
    }
    show_child("child", child);
}

static void try(const char *what, const char *path)
{
    char *argv[] = {"x", NULL};
    show(what, execve(path, argv, no_environment));
}

static void write_program(const char *path, const void *bytes, size_t len, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0755);
    if (write(fd, bytes, len) != (ssize_t)len || fchmod(fd, mode) < 0)
        give_up(path);
    close(fd);
}

static void errors(void)
{
    mkdir("d", 0755);
    write_program("plain", "text", 4, 0644);
    write_program("text", "no magic here", 13, 0755);
    write_program("empty", "", 0, 0755);
    write_program("elf", "\177ELF\2\1\1", 7, 0755);
    symlink("loop", "loop");
    try("missing", "missing");
    try("in a missing directory", "missing/x");
    try("below a file", "plain/x");
    try("a directory", "d");
    try("not executable", "plain");
    try("no format", "text");
    try("an empty file", "empty");
    try("only an ELF magic", "elf");
    try("a loop of links", "loop");
    try("empty path", "");
    try("device", "/dev/null");
    say("still the old program");
}

static void bad_headers(void)
{
    unsigned char header[120] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    header[16] = 2;
    header[18] = 62; // the machine: not RISC-V
    header[20] = 1;
    header[52] = 64;
    header[54] = 56;
    header[56] = 1;
    write_program("other", header, sizeof header, 0755);
    try("another machine's program", "other");
    header[18] = 243;
    header[4] = 1;
    write_program("small", header, sizeof header, 0755);
    try("32 bits", "small");
    header[4] = 2;
    header[16] = 1;
    write_program("object", header, sizeof header, 0755);
    try("an object file", "object");
}

static void too_big(void)
{
    static char big[200000], *argv[40000];
    memset(big, 'x', sizeof big - 1);
    argv[0] = big;
    show("one argument of 200000 bytes", execve(self_path, argv, no_environment));
    big[1000] = '\0';
    for (int i = 0; i < 39999; i++)
        argv[i] = big;
    show("40 MB of arguments", execve(self_path, argv, no_environment));
    big[1000] = 'x';
    big[100000] = '\0';
    char *good[] = {"x", "--helper", "exit", "4", big, NULL};
    exec_helper(good, NULL);
}

static void failed_exec_changes_nothing(void)
{
    char *argv[] = {"x", NULL};
    struct sigaction action;
    int fd = open(".", O_RDONLY | O_CLOEXEC);
    handle(SIGUSR1, note, 0);
    write_program("text", "#!/missing/interpreter\n", 23, 0755);
    show("execve", execve("text", argv, no_environment));
    show("close-on-exec descriptor", fcntl(fd, F_GETFD));
    sigaction(SIGUSR1, NULL, &action);
    say("handler stays: %d", action.sa_handler == note);
    raise(SIGUSR1);
    show("and works", notes);
}

static void failed_vfork_exec(void)
{
    volatile int error = 0;
    char *argv[] = {"x", NULL};
    pid_t pid = vfork();
    if (pid == 0) {
        execve("missing", argv, no_environment);
        error = errno;
        _exit(127);
    }
    show_child("child", pid);
    errno = error;
    say("the parent sees why: %s", rc(-1));
    const char *spawn = posix_spawn(&pid, "missing", NULL, NULL, argv, no_environment) == ENOENT
                            ? "ENOENT"
                            : "another error";
    say("posix_spawn: %s", spawn);
}

static void vfork_then_exec(void)
{
    char *argv[] = {"x", "--helper", "exit", "9", NULL};
    pid_t pid = vfork();
    if (pid == 0) {
        execve(self_path, argv, no_environment);
        _exit(127);
    }
    show_child("vfork", pid);
    argv[3] = "8";
    show("posix_spawn", posix_spawn(&pid, self_path, NULL, NULL, argv, no_environment));
    show_child("child", pid);
}

static bool copy_self(const char *path)
{
    char block[4096];
    ssize_t n;
    int in = open(self_path, O_RDONLY), out = open(path, O_WRONLY | O_CREAT, 0755);
    while ((n = read(in, block, sizeof block)) > 0)
        if (write(out, block, n) != n)
            return false;
    close(in);
    return out >= 0 && close(out) == 0;
}

static void text_is_busy(void)
{
    int ends[2];
    char c;
    if (!copy_self("copy"))
        give_up("copy");
    int writer = open("copy", O_WRONLY);
    try("exec while open for writing", "copy");
    close(writer);
    make_pipe(ends);
    pid_t pid = fork_test();
    if (pid == 0) {
        dup2(ends[1], 1);
        execl("copy", "x", "--helper", "hold", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    show("it runs", read(ends[0], &c, 1));
    show("open for writing", open("copy", O_WRONLY));
    show("truncate", truncate("copy", 0));
    show("unlink is allowed", unlink("copy"));
    kill(pid, SIGTERM);
    show_child("child", pid);
}

static void permissions_of_exec(void)
{
    if (!copy_self("copy"))
        give_up("copy");
    chmod("copy", 0644);
    try("root, no x bit", "copy");
    chmod("copy", 0700);
    char *argv[] = {"x", NULL};
    gid_t group = 1000;
    pid_t pid = fork_test();
    if (pid == 0) {
        setgroups(1, &group);
        setuid(1000);
        show("user, root's program", execve("./copy", argv, no_environment));
        _exit(0);
    }
    show_child("child", pid);
    chmod("copy", 0711);
    pid = fork_test();
    if (pid == 0) {
        setuid(1000);
        execl("./copy", "x", "--helper", "exit", "3", (char *)NULL);
        _exit(127);
    }
    show_child("user, may execute but not read", pid);
}

const struct test tests_exec[] = {
    {"arguments", arguments},
    {"descriptors", descriptors},
    {"signals", signals},
    {"process", process},
    {"errors", errors},
    {"bad_headers", bad_headers},
    {"too_big", too_big},
    {"failed_exec_changes_nothing", failed_exec_changes_nothing},
    {"failed_vfork_exec", failed_vfork_exec},
    {"vfork_then_exec", vfork_then_exec},
    {"text_is_busy", text_is_busy},
    {"permissions_of_exec", permissions_of_exec},
    {NULL, NULL},
};
