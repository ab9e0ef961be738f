// find: walks trees and asks the expression about every name; the expression is in findexpr.c.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "find.h"
#include "tools.h"

struct find_options find = {.max_depth = 1 << 20};

static int walk_children(const char *path, int depth);

static int walk(const char *path, const char *name, int depth)
{
    struct found f = {.path = path, .name = name, .depth = depth};
    int status = 0;
    if (lstat(path, &f.st) < 0)
        return tool_error(path);
    bool inside = S_ISDIR(f.st.st_mode) && depth < find.max_depth && depth < 2000;
    if (find.depth_first && inside)
        status = walk_children(path, depth);
    if (depth >= find.min_depth)
        find_matches(&f);
    if (!find.depth_first && inside && !f.prune)
        status |= walk_children(path, depth);
    return status;
}

static int walk_children(const char *path, int depth)
{
    size_t n;
    char **children = dir_children(path, &n);
    int status = 0;
    if (!children)
        return tool_error(path);
    for (size_t i = 0; i < n; i++)
        status |= walk(children[i], path_base(children[i]), depth + 1);
    dir_free(children, n);
    return status;
}

static bool starts_expression(const char *s)
{
    return s[0] == '-' || strcmp(s, "!") == 0 || strcmp(s, "(") == 0;
}

int find_main(int argc, char **argv)
{
    int first = 1, status = 0;
    while (first < argc && !starts_expression(argv[first]))
        first++;
    find_parse(argc - first, argv + first);
    if (first == 1)
        status = walk(".", ".", 0);
    for (int i = 1; i < first; i++) {
        const char *base = path_base(argv[i]);
        status |= walk(argv[i], *base ? base : argv[i], 0);
    }
    return find_finish() | status;
}
