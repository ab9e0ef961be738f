// Tab: names of files, or of commands where a command is expected.
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "builtin.h"
#include "edit.h"
#include "expand.h"
#include "sh.h"
#include "var.h"

static const char breaks[] = " \t\n|&;<>()=`\"'";
static const char specials[] = " \t|&;<>()`\"'\\$*?[#~!{}";

static size_t word_start(const char *text, size_t pos)
{
    while (pos && (!strchr(breaks, text[pos - 1]) || (pos > 1 && text[pos - 2] == '\\')))
        pos--;
    return pos;
}

static bool is_command_position(const char *text, size_t start)
{
    while (start && (text[start - 1] == ' ' || text[start - 1] == '\t'))
        start--;
    return !start || strchr("|&;(`\n", text[start - 1]);
}

static char *unescape(const char *s, size_t n)
{
    struct strbuf b = {.home = &sh.scratch};
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\\' && i + 1 < n)
            i++;
        sb_putc(&b, s[i]);
    }
    return sb_str(&b);
}

static bool begins(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool is_directory(const char *dir, const char *name)
{
    struct strbuf b = {.home = &sh.scratch};
    struct stat st;
    sb_puts(&b, dir);
    sb_putc(&b, '/');
    sb_puts(&b, name);
    return stat(sb_str(&b), &st) == 0 && S_ISDIR(st.st_mode);
}

static void add_from(struct fields *f, const char *dir, const char *base, bool commands)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    while (d && (e = readdir(d))) {
        if (!begins(e->d_name, base) || (e->d_name[0] == '.' && base[0] != '.'))
            continue;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        struct strbuf b = {.home = &sh.scratch};
        sb_puts(&b, e->d_name);
        if (!commands && is_directory(dir, e->d_name))
            sb_putc(&b, '/');
        field_add(f, sb_str(&b));
    }
    if (d)
        closedir(d);
}

static void add_commands(struct fields *f, const char *base)
{
    const char *path = var_get("PATH"), *name;
    for (int i = 0; (name = builtin_name(i)); i++)
        if (begins(name, base))
            field_add(f, (char *)name);
    while (path && *path) {
        size_t n = strcspn(path, ":");
        add_from(f, arena_strndup(&sh.scratch, path, n), base, true);
        path += n + (path[n] == ':');
    }
}

// The directory part of a typed name, with ~ replaced.
static char *directory_of(const char *word, size_t n)
{
    struct strbuf b = {.home = &sh.scratch};
    const char *home = var_get("HOME");
    if (n > 1 && word[0] == '~' && word[1] == '/' && home) {
        sb_puts(&b, home);
        word++;
        n--;
    }
    sb_mem(&b, n ? word : ".", n ? n : 1);
    return sb_str(&b);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_unique(struct fields *f)
{
    size_t n = 0;
    if (f->n)
        qsort(f->v, f->n, sizeof *f->v, compare);
    for (size_t i = 0; i < f->n; i++)
        if (!n || strcmp(f->v[n - 1], f->v[i]) != 0)
            f->v[n++] = f->v[i];
    f->n = n;
}

static size_t common_length(const struct fields *f)
{
    size_t n = strlen(f->v[0]);
    for (size_t i = 1; i < f->n; i++) {
        size_t k = 0;
        while (k < n && f->v[i][k] == f->v[0][k])
            k++;
        n = k;
    }
    return n;
}

static void escape(struct strbuf *b, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strchr(specials, s[i]))
            sb_putc(b, '\\');
        sb_putc(b, s[i]);
    }
}

struct completion complete(const char *text, size_t pos)
{
    struct completion c = {.start = word_start(text, pos)};
    struct fields f = {0};
    char *word = unescape(text + c.start, pos - c.start), *slash = strrchr(word, '/');
    size_t dir = slash ? slash + 1 - word : 0;
    if (!slash && is_command_position(text, c.start))
        add_commands(&f, word);
    else
        add_from(&f, directory_of(word, dir), word + dir, false);
    sort_unique(&f);
    c.names = f.v;
    c.n = f.n;
    if (!f.n)
        return c;
    struct strbuf b = {.home = &sh.scratch};
    bool tilde = word[0] == '~' && dir > 1;
    if (tilde)
        sb_putc(&b, '~');
    escape(&b, word + tilde, dir - tilde);
    escape(&b, f.v[0], common_length(&f));
    if (f.n == 1 && b.s[b.n - 1] != '/')
        sb_putc(&b, ' ');
    c.common = sb_str(&b);
    return c;
}
