// What lies in a directory.
//
// All names are read before anything is done with them: a directory that changes under readdir may
// skip some, and a walk that goes deep would keep a descriptor open at each level.
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

char **dir_children(const char *path, size_t *n)
{
    DIR *d = opendir(path);
    struct dirent *e;
    char **children = tool_alloc(sizeof *children);
    *n = 0;
    if (!d) {
        free(children);
        return NULL;
    }
    while ((e = readdir(d))) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        children = tool_realloc(children, (*n + 1) * sizeof *children);
        children[(*n)++] = path_join(path, e->d_name);
    }
    closedir(d);
    return children;
}

void dir_free(char **children, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(children[i]);
    free(children);
}
