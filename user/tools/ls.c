// ls: collects and sorts names; how they look is in lsprint.c.
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ls.h"
#include "tools.h"

struct ls_options ls;

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int d = 0;
    if (ls.by_time)
        d = x->st.st_mtim.tv_sec != y->st.st_mtim.tv_sec
                ? (x->st.st_mtim.tv_sec < y->st.st_mtim.tv_sec ? 1 : -1)
                : (x->st.st_mtim.tv_nsec < y->st.st_mtim.tv_nsec)
                      - (x->st.st_mtim.tv_nsec > y->st.st_mtim.tv_nsec);
    if (ls.by_size)
        d = (x->st.st_size < y->st.st_size) - (x->st.st_size > y->st.st_size);
    if (d == 0)
        d = strcmp(x->name, y->name);
    return ls.reverse ? -d : d;
}

static void add(struct entries *list, struct entry e)
{
    if (list->n == list->cap)
        list->v = tool_realloc(list->v, (list->cap = list->cap ? list->cap * 2 : 64) * sizeof e);
    list->v[list->n++] = e;
}

static bool needs_stat(void)
{
    return ls.lng || ls.by_time || ls.by_size || ls.recursive || ls.inode || ls.classify
           || ls.blocks;
}

static int read_directory(const char *path, struct entries *list)
{
    DIR *d = opendir(path);
    struct dirent *e;
    int status = 0;
    if (!d)
        return tool_error(path);
    while ((e = readdir(d))) {
        bool dots = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
        struct entry entry = {0};
        if (e->d_name[0] == '.' && !(ls.all || (ls.almost_all && !dots)))
            continue;
        entry.path = path_join(path, e->d_name);
        if (needs_stat() && lstat(entry.path, &entry.st) < 0) {
            status = tool_error(entry.path);
            free(entry.path);
            continue;
        }
        entry.name = tool_strdup(e->d_name);
        add(list, entry);
    }
    closedir(d);
    qsort(list->v, list->n, sizeof *list->v, compare);
    return status;
}

static void release(struct entries *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free(list->v[i].path);
        free(list->v[i].name);
    }
    free(list->v);
}

static int list_directory(const char *path, bool title)
{
    static bool again;
    struct entries list = {0};
    if (title)
        printf("%s%s:\n", again || ls.printed ? "\n" : "", path);
    again = true;
    int status = read_directory(path, &list);
    ls_print(&list, true);
    for (size_t i = 0; ls.recursive && i < list.n; i++) {
        const char *name = list.v[i].name;
        if (S_ISDIR(list.v[i].st.st_mode) && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
            status |= list_directory(list.v[i].path, true);
    }
    release(&list);
    return status;
}

// Sorts the arguments into files, which come first, and directories.
static int classify_arguments(int n, char **names, struct entries *files, struct entries *dirs)
{
    int status = 0;
    for (int i = 0; i < n; i++) {
        struct entry e = {.path = tool_strdup(names[i]), .name = tool_strdup(names[i])};
        bool follow = !ls.lng && !ls.directory;
        if ((!follow || stat(names[i], &e.st) < 0) && lstat(names[i], &e.st) < 0) {
            tool_error(names[i]);
            status = 2;
            continue;
        }
        add(S_ISDIR(e.st.st_mode) && !ls.directory ? dirs : files, e);
    }
    qsort(files->v, files->n, sizeof *files->v, compare);
    qsort(dirs->v, dirs->n, sizeof *dirs->v, compare);
    return status;
}

static void option(int opt)
{
    const struct {
        char letter;
        bool *flag;
    } flags[] = {
        {'l', &ls.lng},      {'n', &ls.numeric},   {'a', &ls.all},     {'A', &ls.almost_all},
        {'C', &ls.columns},  {'d', &ls.directory}, {'i', &ls.inode},   {'R', &ls.recursive},
        {'h', &ls.human},    {'t', &ls.by_time},   {'S', &ls.by_size}, {'r', &ls.reverse},
        {'F', &ls.classify}, {'s', &ls.blocks},
    };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i].letter == opt)
            *flags[i].flag = true;
    ls.lng |= opt == 'n';
    ls.columns &= opt != '1';
    if (opt == '?')
        exit(2);
}

int ls_main(int argc, char **argv)
{
    static char *here[] = {"."};
    struct entries files = {0}, dirs = {0};
    int opt;
    ls.columns = isatty(1);
    tool_trouble = 2;
    while ((opt = getopt(argc, argv, "lna1ACRdihtrSFs")) != -1)
        option(opt);
    int n = optind < argc ? argc - optind : 1;
    char **names = optind < argc ? argv + optind : here;
    int status = classify_arguments(n, names, &files, &dirs);
    ls_print(&files, false);
    ls.printed = files.n > 0;
    for (size_t i = 0; i < dirs.n; i++)
        if (list_directory(dirs.v[i].path, n > 1 || ls.recursive))
            status = status ? status : 1;
    return status;
}
