// linuxtest: one program, compared on two systems.
//
//   linuxtest --list         the names of all nouns       linuxtest NOUN         runs one
//   linuxtest --tests        "NOUN TEST" for every test   linuxtest NOUN TEST    runs one test
//   linuxtest --all [DIR]    runs everything, between markers, or each into DIR/NOUN.txt
//   linuxtest --init         as process 1 of a machine (see init.c)
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

const struct noun nouns[] = {
    {"files", tests_files},     {"io", tests_io},
    {"stat", tests_stat},       {"descriptors", tests_descriptors},
    {"dirs", tests_dirs},       {"links", tests_links},
    {"rename", tests_rename},   {"pipes", tests_pipes},
    {"fifos", tests_fifos},     {"poll", tests_poll},
    {"select", tests_select},   {"fork", tests_fork},
    {"wait", tests_wait},       {"exec", tests_exec},
    {"script", tests_script},   {"groups", tests_groups},
    {"signals", tests_signals}, {"sigwait", tests_sigwait},
    {"restart", tests_restart}, {"sigaltstack", tests_sigaltstack},
    {"kill", tests_kill},       {"creds", tests_creds},
    {"perms", tests_perms},     {"memory", tests_memory},
    {"protect", tests_protect}, {"filemap", tests_filemap},
    {"time", tests_time},       {"limits", tests_limits},
    {"proc", tests_proc},       {"procfiles", tests_procfiles},
    {"errors", tests_errors},   {"efault", tests_efault},
    {"uname", tests_uname},     {"tty", tests_tty},
    {"sched", tests_sched},     {"threads", tests_threads},
    {"futex", tests_futex},     {"locks", tests_locks},
    {"setid", tests_setid},     {NULL, NULL},
};

const char *self_path = "/proc/self/exe";

static const struct noun *find(const char *name)
{
    for (const struct noun *n = nouns; n->name; n++)
        if (strcmp(n->name, name) == 0)
            return n;
    return NULL;
}

static int list(bool tests)
{
    for (const struct noun *n = nouns; n->name; n++) {
        if (!tests)
            puts(n->name);
        for (const struct test *t = n->tests; tests && t->name; t++)
            printf("%s %s\n", n->name, t->name);
    }
    return 0;
}

// A noun in a process of its own, its output to a file if a directory is given.
static int run_separate(const struct noun *noun, const char *directory)
{
    char path[PATH_MAX];
    int status;
    pid_t pid = fork();
    if (pid == 0 && directory) {
        snprintf(path, sizeof path, "%s/%s.txt", directory, noun->name);
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        if (fd < 0 || dup2(fd, 1) < 0)
            _exit(97);
        close(fd);
    }
    if (pid == 0)
        _exit(noun_run(noun, NULL) != 0);
    return waitpid(pid, &status, 0) == pid ? status : -1;
}

static int run_all(const char *directory)
{
    int failed = 0;
    for (const struct noun *n = nouns; n->name; n++) {
        printf(directory ? "%s\n" : "=====BEGIN %s\n", n->name);
        fflush(stdout);
        int status = run_separate(n, directory);
        failed += status != 0;
        if (!directory)
            printf("=====END %s %d\n", n->name, status);
        fflush(stdout);
    }
    return failed != 0;
}

static void find_self(void)
{
    static char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n > 0)
        self_path = path;
}

static int run_named(int argc, char **argv)
{
    const struct noun *noun = argc > 1 ? find(argv[1]) : NULL;
    if (!noun) {
        fprintf(stderr, "usage: linuxtest --list | --tests | --all [DIR] | NOUN [TEST]\n");
        return 2;
    }
    return noun_run(noun, argc > 2 ? argv[2] : NULL) != 0;
}

int main(int argc, char **argv)
{
    const char *first = argc > 1 ? argv[1] : "";
    if (strncmp(first, "--helper", 8) == 0)
        return helper_main(argc - 2, argv + 2);
    if (strcmp(first, "--list") == 0 || strcmp(first, "--tests") == 0)
        return list(first[2] == 't');
    for (int fd = 3; fd < 64; fd++)
        close(fd);
    find_self();
    if (strcmp(first, "--init") == 0)
        return init_main();
    if (strcmp(first, "--all") == 0)
        return run_all(argc > 2 ? argv[2] : NULL);
    return run_named(argc, argv);
}
