// chmod chown: changing attributes, of trees with -R.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tool.h"
#include "tools.h"

static const char *mode_text;
static uid_t owner = -1;
static gid_t group = -1;
static bool links;

static int change_mode(const char *path)
{
    struct stat st;
    mode_t mode;
    if (stat(path, &st) < 0)
        return tool_error(path);
    if (!mode_parse(mode_text, st.st_mode, S_ISDIR(st.st_mode), &mode))
        tool_die("invalid mode '%.60s'", mode_text);
    return chmod(path, mode) == 0 ? 0 : tool_error(path);
}

static int change_owner(const char *path)
{
    int err = links ? lchown(path, owner, group) : chown(path, owner, group);
    return err == 0 ? 0 : tool_error(path);
}

static int change_tree(const char *path, int (*change)(const char *), int depth)
{
    struct stat st;
    int status = change(path);
    if (depth > 2000 || lstat(path, &st) < 0 || !S_ISDIR(st.st_mode))
        return status;
    size_t n;
    char **children = dir_children(path, &n);
    if (!children)
        return tool_error(path);
    for (size_t i = 0; i < n; i++)
        if (lstat(children[i], &st) == 0 && !S_ISLNK(st.st_mode))
            status |= change_tree(children[i], change, depth + 1);
    dir_free(children, n);
    return status;
}

static int change_all(int argc, char **argv, int i, bool recursive, int (*change)(const char *))
{
    int status = 0;
    for (; i < argc; i++)
        status |= recursive ? change_tree(argv[i], change, 0) : change(argv[i]);
    return status;
}

// A mode like -x looks like an option, so options are read by hand.
int chmod_main(int argc, char **argv)
{
    int i = 1;
    bool recursive = false;
    if (i < argc && strcmp(argv[i], "-R") == 0) {
        recursive = true;
        i++;
    }
    if (i < argc && strcmp(argv[i], "--") == 0)
        i++;
    if (argc - i < 2)
        tool_usage("[-R] MODE FILE...");
    mode_text = argv[i];
    return change_all(argc, argv, i + 1, recursive, change_mode);
}

int chown_main(int argc, char **argv)
{
    int opt;
    bool recursive = false;
    while ((opt = getopt(argc, argv, "Rh")) != -1) {
        if (opt == '?')
            return 1;
        recursive |= opt == 'R';
        links |= opt == 'h';
    }
    if (argc - optind < 2)
        tool_usage("[-Rh] USER[:GROUP] FILE...");
    char *name = argv[optind], *colon = strchr(name, ':');
    if (colon)
        *colon++ = 0;
    if (*name && !user_number(name, &owner))
        tool_die("invalid user '%.60s'", name);
    if (colon && *colon && !group_number(colon, &group))
        tool_die("invalid group '%.60s'", colon);
    return change_all(argc, argv, optind + 1, recursive, change_owner);
}
