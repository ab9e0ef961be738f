// read: one line of standard input, split into variables.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "builtin.h"
#include "mtext.h"
#include "parser.h"
#include "trap.h"
#include "var.h"

static ssize_t read_byte(char *c)
{
    ssize_t n;
    while ((n = read(0, c, 1)) < 0 && errno == EINTR)
        trap_poll();
    return n;
}

// One logical line, byte by byte: what follows it belongs to the next command. A character after a
// backslash is marked as quoted. False at the end of input.
static bool read_line(struct mtext *line, bool raw)
{
    bool escaped = false;
    char c;
    while (read_byte(&c) > 0) {
        if (c == '\n' && !escaped)
            return true;
        if (c == '\\' && !raw && !escaped) {
            escaped = true;
            continue;
        }
        if (c && !(c == '\n' && escaped))
            mtext_add(line, (unsigned char)c | (escaped ? MARK_QUOTED : 0));
        escaped = false;
    }
    return false;
}

static bool separates(mchar_t c, const char *ifs)
{
    return !(c & MARK_QUOTED) && strchr(ifs, (char)c);
}

static bool blank_separates(mchar_t c, const char *ifs)
{
    return separates(c, ifs) && strchr(" \t\n", (char)c);
}

static size_t skip_blanks(const struct mtext *t, size_t i, const char *ifs)
{
    while (i < t->n && blank_separates(t->v[i], ifs))
        i++;
    return i;
}

static size_t field_end(const struct mtext *t, size_t i, const char *ifs)
{
    while (i < t->n && !separates(t->v[i], ifs))
        i++;
    return i;
}

static size_t skip_delimiter(const struct mtext *t, size_t i, const char *ifs)
{
    i = skip_blanks(t, i, ifs);
    if (i < t->n && separates(t->v[i], ifs))
        i = skip_blanks(t, i + 1, ifs);
    return i;
}

// The last variable gets the rest with its delimiters, except one that ends the line alone.
static size_t rest_end(const struct mtext *t, size_t i, const char *ifs)
{
    size_t end = t->n, first = field_end(t, i, ifs);
    if (skip_delimiter(t, first, ifs) == t->n)
        return first;
    while (end > i && blank_separates(t->v[end - 1], ifs))
        end--;
    return end;
}

static void assign_fields(const struct mtext *t, int n, char **names)
{
    const char *ifs = var_get("IFS");
    ifs = ifs ? ifs : " \t\n";
    size_t i = skip_blanks(t, 0, ifs);
    for (int k = 0; k < n; k++) {
        size_t end = k + 1 < n ? field_end(t, i, ifs) : rest_end(t, i, ifs);
        char *value = mtext_string(t, i, end);
        i = skip_delimiter(t, end, ifs);
        var_set(names[k], value);
    }
}

int builtin_read(int argc, char **argv)
{
    struct mtext line = {.home = &sh.scratch};
    bool raw = false;
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (argv[i][1] == 'r')
            raw = true;
        if (argv[i][1] == 'p' && i + 1 < argc && write(2, argv[i + 1], strlen(argv[i + 1])) >= 0)
            i++;
    }
    if (i == argc) {
        warn("read: arg count");
        return 2;
    }
    for (int k = i; k < argc; k++)
        if (!name_length(argv[k]) || argv[k][name_length(argv[k])])
            fail(2, "read: %.60s: bad variable name", argv[k]);
    bool whole = read_line(&line, raw);
    assign_fields(&line, argc - i, argv + i);
    return whole ? 0 : 1;
}
