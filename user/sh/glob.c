// File names that match a pattern, one component at a time.
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "expand.h"
#include "sh.h"

struct glob {
    const struct mtext *t; // the pattern
    size_t end;            // where it ends
    struct fields *found;
};

static void glob_from(const struct glob *g, size_t at, const char *prefix);

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *concat(const char *a, const char *b)
{
    struct strbuf s = {.home = &sh.scratch};
    sb_puts(&s, a);
    sb_puts(&s, b);
    return sb_str(&s);
}

static bool is_slash(mchar_t c)
{
    return !(c & MARK_ALONE) && (char)c == '/';
}

static bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

// The names in `prefix` that match [from, to) of the pattern, each followed by what comes after.
static void glob_component(const struct glob *g, size_t from, size_t to, const char *prefix)
{
    const struct mtext *t = g->t;
    DIR *d = opendir(*prefix ? prefix : ".");
    struct dirent *e;
    struct fields names = {0};
    size_t first = from;
    if (!d)
        return;
    while (first < to && (t->v[first] & MARK_ALONE))
        first++;
    bool dot = first < to && (char)t->v[first] == '.';
    while ((e = readdir(d)))
        if ((dot || e->d_name[0] != '.')
            && pattern_match(t->v + from, to - from, e->d_name, strlen(e->d_name)))
            field_add(&names, concat(prefix, e->d_name));
    closedir(d);
    for (size_t i = 0; i < names.n; i++)
        glob_from(g, to, names.v[i]);
}

static void glob_from(const struct glob *g, size_t at, const char *prefix)
{
    const struct mtext *t = g->t;
    size_t from = at, to;
    while (from < g->end && is_slash(t->v[from]))
        from++;
    prefix = concat(prefix, mtext_string(t, at, from));
    for (to = from; to < g->end && !is_slash(t->v[to]);)
        to++;
    if (from == g->end) {
        if (exists(prefix))
            field_add(g->found, (char *)prefix);
    } else if (mtext_is_pattern(t->v + from, to - from)) {
        glob_component(g, from, to, prefix);
    } else {
        glob_from(g, to, concat(prefix, mtext_string(t, from, to)));
    }
}

void glob_field(const struct mtext *t, size_t from, size_t to, struct fields *f)
{
    struct glob g = {.t = t, .end = to, .found = f};
    size_t before = f->n;
    if (!sh.opt['f'] && mtext_is_pattern(t->v + from, to - from))
        glob_from(&g, from, "");
    if (f->n == before)
        field_add(f, mtext_string(t, from, to));
    else
        qsort(f->v + before, f->n - before, sizeof *f->v, compare);
}
