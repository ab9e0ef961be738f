// rm rmdir mkdir mkfifo
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tool.h"
#include "tools.h"

static bool recursive, force, directories;

static int remove_path(const char *path, int depth);

static int remove_children(const char *path, int depth)
{
    size_t n;
    char **children = dir_children(path, &n);
    int status = 0;
    if (!children)
        return tool_error(path);
    for (size_t i = 0; i < n; i++)
        status |= remove_path(children[i], depth + 1);
    dir_free(children, n);
    return status;
}

static int remove_path(const char *path, int depth)
{
    struct stat st;
    if (depth > 2000) {
        errno = ELOOP;
        return tool_error(path);
    }
    if (lstat(path, &st) < 0)
        return force && errno == ENOENT ? 0 : tool_error(path);
    if (!S_ISDIR(st.st_mode))
        return unlink(path) == 0 ? 0 : tool_error(path);
    if (!recursive && !directories) {
        errno = EISDIR;
        return tool_error(path);
    }
    if (recursive && remove_children(path, depth))
        return 1;
    return rmdir(path) == 0 ? 0 : tool_error(path);
}

static bool is_dot(const char *path)
{
    const char *base = path_base(path);
    return strcmp(base, ".") == 0 || strcmp(base, "..") == 0;
}

int rm_main(int argc, char **argv)
{
    int opt, status = 0;
    while ((opt = getopt(argc, argv, "rRfid")) != -1) {
        if (opt == '?')
            return 1;
        recursive |= opt == 'r' || opt == 'R';
        force |= opt == 'f';
        directories |= opt == 'd';
    }
    if (optind == argc && !force)
        tool_usage("[-rfd] FILE...");
    for (int i = optind; i < argc; i++) {
        if (is_dot(argv[i])) {
            shared_warn("refusing to remove '%.60s'", argv[i]);
            status = 1;
            continue;
        }
        status |= remove_path(argv[i], 0);
    }
    return status;
}

int rmdir_main(int argc, char **argv)
{
    int opt, status = 0;
    bool parents = false;
    while ((opt = getopt(argc, argv, "p")) != -1) {
        if (opt == '?')
            return 1;
        parents = true;
    }
    for (int i = optind; i < argc; i++) {
        char *slash;
        do {
            if (rmdir(argv[i]) < 0) {
                status = tool_error(argv[i]);
                break;
            }
            slash = strrchr(argv[i], '/');
            if (slash)
                *slash = 0;
        } while (parents && slash && slash != argv[i]);
    }
    return status;
}

// Every missing directory on the way; those that exist are no error.
static int make_parents(char *path, mode_t mode)
{
    for (char *s = path + 1; *s; s++) {
        if (*s != '/')
            continue;
        *s = 0;
        int err = mkdir(path, 0777);
        if (err < 0 && errno != EEXIST && !ask_is_directory(path))
            return tool_error(path);
        *s = '/';
    }
    if (mkdir(path, mode) == 0 || (errno == EEXIST && ask_is_directory(path)))
        return 0;
    return tool_error(path);
}

static mode_t mode_option(const char *text)
{
    mode_t mode;
    if (!mode_parse(text, 0777, true, &mode))
        tool_die("invalid mode '%.60s'", text);
    umask(0);
    return mode;
}

int mkdir_main(int argc, char **argv)
{
    int opt, status = 0;
    bool parents = false;
    mode_t mode = 0777;
    while ((opt = getopt(argc, argv, "pm:")) != -1) {
        if (opt == '?')
            return 1;
        parents |= opt == 'p';
        if (opt == 'm')
            mode = mode_option(optarg);
    }
    if (optind == argc)
        tool_usage("[-p] [-m MODE] DIRECTORY...");
    for (int i = optind; i < argc; i++) {
        if (parents)
            status |= make_parents(argv[i], mode);
        else if (mkdir(argv[i], mode) < 0)
            status = tool_error(argv[i]);
    }
    return status;
}

int mkfifo_main(int argc, char **argv)
{
    int opt, status = 0;
    mode_t mode = 0666;
    while ((opt = getopt(argc, argv, "m:")) != -1) {
        if (opt == '?')
            return 1;
        mode = mode_option(optarg);
    }
    if (optind == argc)
        tool_usage("[-m MODE] NAME...");
    for (int i = optind; i < argc; i++)
        if (mkfifo(argv[i], mode) < 0)
            status = tool_error(argv[i]);
    return status;
}
