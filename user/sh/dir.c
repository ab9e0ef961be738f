// cd pwd umask. The shell keeps the logical path: `cd ..` undoes `cd link`.
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builtin.h"
#include "var.h"

static char *current; // absolute, NULL if unknown

static bool same_directory(const char *path)
{
    struct stat a, b;
    return path && path[0] == '/' && stat(path, &a) == 0 && stat(".", &b) == 0
           && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

void dir_init(void)
{
    char text[PATH_MAX];
    const char *inherited = var_get("PWD");
    if (same_directory(inherited))
        current = xstrdup(inherited);
    else if (getcwd(text, sizeof text))
        current = xstrdup(text);
    if (current)
        var_set("PWD", current);
}

// `to` seen from `from`, without . and .. components.
static char *normalize(const char *from, const char *to)
{
    struct strbuf b = {.home = &sh.scratch};
    if (to[0] != '/')
        sb_puts(&b, strcmp(from, "/") == 0 ? "" : from);
    while (*to) {
        size_t n = strcspn(to, "/");
        if (n == 2 && to[0] == '.' && to[1] == '.') {
            while (b.n && b.s[--b.n] != '/')
                continue;
        } else if (n && !(n == 1 && to[0] == '.')) {
            sb_putc(&b, '/');
            sb_mem(&b, to, n);
        }
        to += n;
        to += *to == '/';
    }
    if (!b.n)
        sb_putc(&b, '/');
    return sb_str(&b);
}

static void moved(char *path)
{
    char text[PATH_MAX];
    if (!path && getcwd(text, sizeof text))
        path = text;
    if (current)
        var_set("OLDPWD", current);
    char *old = current;
    current = path ? xstrdup(path) : NULL;
    free(old);
    var_set("PWD", current ? current : "");
}

static bool change(const char *target, bool physical)
{
    char *path = physical || !current ? NULL : normalize(current, target);
    if (chdir(path ? path : target) < 0)
        return false;
    moved(path);
    return true;
}

// A relative name is tried under each directory of CDPATH; *print if that was not the empty one.
static bool change_along_cdpath(const char *target, bool physical, bool *print)
{
    const char *path = var_get("CDPATH");
    if (target[0] == '/' || target[0] == '.')
        path = NULL;
    while (path && *path) {
        struct strbuf b = {.home = &sh.scratch};
        size_t n = strcspn(path, ":");
        sb_mem(&b, path, n);
        sb_puts(&b, n ? "/" : "");
        sb_puts(&b, target);
        if (change(sb_str(&b), physical)) {
            *print = n > 0;
            return true;
        }
        path += n + (path[n] == ':');
    }
    return change(target, physical);
}

int builtin_cd(int argc, char **argv)
{
    bool physical = false, print = false;
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++)
        physical = argv[i][1] == 'P';
    const char *target = i < argc ? argv[i] : var_get("HOME");
    if (target && strcmp(target, "-") == 0) {
        target = var_get("OLDPWD");
        print = true;
    }
    if (!target || !*target)
        return 0;
    if (!change_along_cdpath(target, physical, &print)) {
        warn("cd: can't cd to %.300s: %s", target, error_text(errno));
        return 2;
    }
    if (print)
        puts(current ? current : target);
    return 0;
}

int builtin_pwd(int argc, char **argv)
{
    char text[PATH_MAX];
    bool physical = argc > 1 && strcmp(argv[1], "-P") == 0;
    if (!physical && current)
        puts(current);
    else if (getcwd(text, sizeof text))
        puts(text);
    else
        return 1;
    return 0;
}

// u=rwx,g=rx,o= : what the mask allows.
static void print_symbolic(unsigned mask)
{
    for (int shift = 6; shift >= 0; shift -= 3) {
        unsigned allowed = ~mask >> shift;
        printf("%c=%s%s%s%c", "ogu"[shift / 3], allowed & 4 ? "r" : "", allowed & 2 ? "w" : "",
               allowed & 1 ? "x" : "", shift ? ',' : '\n');
    }
}

int builtin_umask(int argc, char **argv)
{
    bool symbolic = argc > 1 && strcmp(argv[1], "-S") == 0;
    if (argc > 1 && !symbolic) {
        if (!*argv[1] || argv[1][strspn(argv[1], "01234567")]) {
            warn("umask: Illegal mode: %.60s", argv[1]);
            return 2;
        }
        umask(strtoul(argv[1], NULL, 8) & 0777);
        return 0;
    }
    mode_t mask = umask(0);
    umask(mask);
    if (symbolic)
        print_symbolic(mask);
    else
        printf("%04o\n", (unsigned)mask);
    return 0;
}
