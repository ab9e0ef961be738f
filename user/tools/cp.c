// cp mv
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tool.h"
#include "tools.h"

static bool recursive, preserve, force, no_clobber;

static int copy_path(const char *from, const char *to, int depth);

static void keep_attributes(const char *to, const struct stat *st)
{
    struct timespec times[2] = {st->st_atim, st->st_mtim};
    utimensat(AT_FDCWD, to, times, AT_SYMLINK_NOFOLLOW);
    if (lchown(to, st->st_uid, st->st_gid) < 0 && errno != EPERM)
        tool_error(to);
    if (!S_ISLNK(st->st_mode) && chmod(to, st->st_mode & 07777) < 0)
        tool_error(to);
}

static int copy_regular(const char *from, const char *to, const struct stat *st)
{
    struct stat there;
    if (stat(to, &there) == 0) {
        if (no_clobber)
            return 0;
        if (there.st_dev == st->st_dev && there.st_ino == st->st_ino) {
            shared_warn("'%.200s' and '%.200s' are the same file", from, to);
            return 1;
        }
    }
    int in = open(from, O_RDONLY);
    if (in < 0)
        return tool_error(from);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, st->st_mode & 0777);
    if (out < 0 && force && unlink(to) == 0)
        out = open(to, O_WRONLY | O_CREAT | O_TRUNC, st->st_mode & 0777);
    if (out < 0) {
        tool_error(to);
        close(in);
        return 1;
    }
    bool ok = io_copy(in, from, out);
    close(in);
    if (close(out) < 0)
        return tool_error(to);
    return !ok;
}

static int copy_children(const char *from, const char *to, int depth)
{
    size_t n;
    char **children = dir_children(from, &n);
    int status = 0;
    if (!children)
        return tool_error(from);
    for (size_t i = 0; i < n; i++) {
        char *b = path_join(to, path_base(children[i]));
        status |= copy_path(children[i], b, depth + 1);
        free(b);
    }
    dir_free(children, n);
    return status;
}

static int copy_directory(const char *from, const char *to, const struct stat *st, int depth)
{
    bool made = mkdir(to, (st->st_mode & 0777) | 0700) == 0;
    if (!made && !(errno == EEXIST && ask_is_directory(to)))
        return tool_error(to);
    int status = copy_children(from, to, depth);
    if (made && !preserve) {
        mode_t mask = umask(0);
        umask(mask);
        chmod(to, st->st_mode & 0777 & ~mask);
    }
    return status;
}

static int copy_special(const char *from, const char *to, const struct stat *st)
{
    char target[PATH_MAX];
    unlink(to);
    if (!S_ISLNK(st->st_mode))
        return mknod(to, st->st_mode, st->st_rdev) == 0 ? 0 : tool_error(to);
    ssize_t n = readlink(from, target, sizeof target - 1);
    if (n < 0)
        return tool_error(from);
    target[n] = 0;
    return symlink(target, to) == 0 ? 0 : tool_error(to);
}

static int copy_path(const char *from, const char *to, int depth)
{
    struct stat st;
    int status;
    if (depth > 2000) {
        errno = ELOOP;
        return tool_error(from);
    }
    if ((recursive ? lstat : stat)(from, &st) < 0)
        return tool_error(from);
    if (S_ISDIR(st.st_mode) && !recursive) {
        shared_warn("-r not specified; omitting directory '%.300s'", from);
        return 1;
    }
    if (S_ISDIR(st.st_mode))
        status = copy_directory(from, to, &st, depth);
    else if (S_ISREG(st.st_mode) || !recursive)
        status = copy_regular(from, to, &st);
    else
        status = copy_special(from, to, &st);
    if (preserve && status == 0)
        keep_attributes(to, &st);
    return status;
}

// A directory cannot be copied into itself: the copy would find its own copy, and so on.
static bool inside(const char *from, const char *to)
{
    char a[PATH_MAX], b[PATH_MAX], *slash;
    char *parent = tool_strdup(to);
    bool is = false;
    slash = strrchr(parent, '/');
    if (slash)
        slash[slash == parent] = 0;
    if (ask_is_directory(from) && realpath(from, a) && realpath(slash ? parent : ".", b)) {
        size_t n = strlen(a);
        is = strncmp(a, b, n) == 0 && (b[n] == '/' || !b[n]);
    }
    free(parent);
    if (is)
        shared_warn("cannot copy '%.200s' into itself, '%.200s'", from, to);
    return is;
}

static int copy_top(const char *from, const char *to)
{
    return recursive && inside(from, to) ? 1 : copy_path(from, to, 0);
}

static int remove_source(const char *from)
{
    char *args[] = {"rm", "-rf", "--", (char *)from, NULL};
    optind = 0;
    return rm_main(4, args);
}

// Between file systems a rename is a copy and a removal.
static int move_path(const char *from, const char *to)
{
    struct stat st;
    if (no_clobber && lstat(to, &st) == 0)
        return 0;
    if (rename(from, to) == 0)
        return 0;
    if (errno != EXDEV)
        return tool_error(from);
    recursive = preserve = true;
    return copy_top(from, to) || remove_source(from);
}

static char *strip_slashes(char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        path[--n] = 0;
    return path;
}

// FROM TO, or FROM... DIRECTORY.
static int each_source(int argc, char **argv, int (*fn)(const char *, const char *))
{
    int n = argc - optind, status = 0;
    if (n < 2)
        tool_usage("[options] SOURCE... DESTINATION");
    const char *to = argv[argc - 1];
    bool into = ask_is_directory(to);
    if (n > 2 && !into)
        tool_die("target '%.200s' is not a directory", to);
    for (int i = optind; i < argc - 1; i++) {
        const char *from = strip_slashes(argv[i]);
        char *target = into ? path_join(to, path_base(from)) : tool_strdup(to);
        status |= fn(from, target);
        free(target);
    }
    return status;
}

int cp_main(int argc, char **argv)
{
    int opt;
    while ((opt = getopt(argc, argv, "rRapfnid")) != -1) {
        if (opt == '?')
            return 1;
        recursive |= strchr("rRa", opt) != NULL;
        preserve |= opt == 'p' || opt == 'a';
        force |= opt == 'f';
        no_clobber |= opt == 'n';
    }
    return each_source(argc, argv, copy_top);
}

int mv_main(int argc, char **argv)
{
    int opt;
    while ((opt = getopt(argc, argv, "fni")) != -1) {
        if (opt == '?')
            return 1;
        no_clobber |= opt == 'n';
    }
    return each_source(argc, argv, move_path);
}
