// ln readlink touch basename dirname
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "tool.h"
#include "tools.h"

static bool symbolic, force, no_dereference;

static int make_link(const char *from, const char *to)
{
    if (force)
        unlink(to);
    int err = symbolic ? symlink(from, to) : link(from, to);
    return err == 0 ? 0 : tool_error(to);
}

static bool into_directory(const char *to)
{
    struct stat st;
    if (no_dereference && lstat(to, &st) == 0 && S_ISLNK(st.st_mode))
        return false;
    return ask_is_directory(to);
}

int ln_main(int argc, char **argv)
{
    int opt, status = 0;
    while ((opt = getopt(argc, argv, "sfn")) != -1) {
        if (opt == '?')
            return 1;
        symbolic |= opt == 's';
        force |= opt == 'f';
        no_dereference |= opt == 'n';
    }
    int n = argc - optind;
    if (n < 1)
        tool_usage("[-sfn] TARGET... [LINK]");
    const char *to = n > 1 ? argv[argc - 1] : ".";
    bool into = into_directory(to);
    if (n > 2 && !into)
        tool_die("target '%.200s' is not a directory", to);
    for (int i = optind; i < argc - (n > 1); i++) {
        char *name = into ? path_join(to, path_base(argv[i])) : tool_strdup(to);
        status |= make_link(argv[i], name);
        free(name);
    }
    return status;
}

int readlink_main(int argc, char **argv)
{
    char text[PATH_MAX];
    bool follow = false, newline = true;
    int opt, status = 0;
    while ((opt = getopt(argc, argv, "fen")) != -1) {
        if (opt == '?')
            return 1;
        follow |= opt == 'f' || opt == 'e';
        newline &= opt != 'n';
    }
    if (optind == argc)
        tool_usage("[-fn] FILE...");
    for (int i = optind; i < argc; i++) {
        ssize_t n = follow ? 0 : readlink(argv[i], text, sizeof text - 1);
        if (n < 0 || (follow && !realpath(argv[i], text))) {
            status = 1;
            continue;
        }
        if (!follow)
            text[n] = 0;
        fputs(text, stdout);
        if (newline)
            putchar('\n');
    }
    return status;
}

static int touch(const char *name, bool create, const struct timespec times[2])
{
    if (utimensat(AT_FDCWD, name, times, 0) == 0)
        return 0;
    if (errno != ENOENT)
        return tool_error(name);
    if (!create)
        return 0;
    int fd = open(name, O_WRONLY | O_CREAT, 0666);
    if (fd < 0)
        return tool_error(name);
    close(fd);
    return times && utimensat(AT_FDCWD, name, times, 0) < 0 ? tool_error(name) : 0;
}

int touch_main(int argc, char **argv)
{
    struct timespec times[2] = {{0}};
    bool create = true, given = false, access = false, modify = false;
    struct stat st;
    int opt, status = 0;
    while ((opt = getopt(argc, argv, "camr:d:t:")) != -1) {
        if (opt == '?')
            return 1;
        create &= opt != 'c';
        access |= opt == 'a';
        modify |= opt == 'm';
        if (opt == 'r' && stat(optarg, &st) < 0)
            return tool_error(optarg);
        if (opt == 'd' && *optarg == '@')
            st.st_mtim = st.st_atim = (struct timespec){tool_number(optarg + 1), 0};
        else if (opt == 'd' || opt == 't')
            tool_die("only -d @SECONDS is understood");
        given |= opt == 'r' || opt == 'd';
    }
    if (optind == argc)
        tool_usage("[-cam] [-r FILE] [-d @SECONDS] FILE...");
    times[0] = given ? st.st_atim : (struct timespec){0, UTIME_NOW};
    times[1] = given ? st.st_mtim : (struct timespec){0, UTIME_NOW};
    if (access && !modify)
        times[1].tv_nsec = UTIME_OMIT;
    if (modify && !access)
        times[0].tv_nsec = UTIME_OMIT;
    for (int i = optind; i < argc; i++)
        status |= touch(argv[i], create, given || access || modify ? times : NULL);
    return status;
}

static void strip(char *s)
{
    size_t n = strlen(s);
    while (n > 1 && s[n - 1] == '/')
        s[--n] = 0;
}

int basename_main(int argc, char **argv)
{
    if (argc < 2)
        tool_usage("NAME [SUFFIX]");
    strip(argv[1]);
    char *base = (char *)path_base(argv[1]);
    size_t n = strlen(base), m = argc > 2 ? strlen(argv[2]) : 0;
    if (m && m < n && strcmp(base + n - m, argv[2]) == 0)
        base[n - m] = 0;
    puts(*base ? base : *argv[1] ? "/" : "");
    return 0;
}

int dirname_main(int argc, char **argv)
{
    if (argc < 2)
        tool_usage("NAME...");
    for (int i = 1; i < argc; i++) {
        strip(argv[i]);
        char *slash = strrchr(argv[i], '/');
        if (slash && slash != argv[i])
            *slash = 0;
        else if (slash)
            slash[1] = 0;
        if (slash)
            strip(argv[i]);
        puts(slash ? argv[i] : ".");
    }
    return 0;
}
