// Words to strings: text, tilde, $(...), $((...)); parameters are in param.c.
#include "expand.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exec.h"
#include "job.h"
#include "sh.h"
#include "var.h"

void field_add(struct fields *f, char *s)
{
    if (f->n == f->cap)
        f->v = arena_grow(&sh.scratch, f->v, f->n, &f->cap, sizeof *f->v);
    f->v[f->n++] = s;
}

char *format_int(intmax_t v)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%jd", v);
    return arena_strndup(&sh.scratch, text, n);
}

static void read_all(int fd, struct strbuf *b)
{
    char chunk[4096];
    ssize_t n;
    while ((n = read(fd, chunk, sizeof chunk)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        sb_mem(b, chunk, n);
    }
}

static void expand_command(struct mtext *out, const struct part *part, unsigned marks)
{
    struct strbuf b = {.home = &sh.scratch};
    if (part->cmd) {
        int fd;
        struct job *j = exec_substitution(part->cmd, &fd);
        read_all(fd, &b);
        close(fd);
        sh.last_subst = job_wait(j);
    } else {
        sh.last_subst = 0;
    }
    while (b.n && b.s[b.n - 1] == '\n')
        b.n--;
    for (size_t i = 0; i < b.n; i++)
        if (b.s[i])
            mtext_add(out, (unsigned char)b.s[i] | marks);
}

static void expand_arith(struct mtext *out, const struct part *part, unsigned marks)
{
    mtext_puts(out, format_int(arith_eval(expand_string(part->arg))), marks);
}

void expand_parts(struct mtext *out, const struct part *part, bool split)
{
    stack_guard();
    for (; part; part = part->next) {
        unsigned marks = part->quoted ? MARK_QUOTED : split ? MARK_SPLIT : 0;
        if (part->kind == PART_PARAM) {
            expand_param(out, part);
            continue;
        }
        if (part->quoted)
            mtext_add(out, MARK_EMPTY);
        switch (part->kind) {
        case PART_TEXT:
            mtext_puts(out, part->text, marks);
            break;
        case PART_CMD:
            expand_command(out, part, part->quoted ? marks : MARK_SPLIT);
            break;
        case PART_ARITH:
            expand_arith(out, part, part->quoted ? marks : MARK_SPLIT);
            break;
        case PART_PARAM:
            break;
        }
    }
}

// ~ or ~/...: replaced by HOME; returns what is left of the text. ~name stays: no user database.
static const char *expand_tilde(struct mtext *out, const char *text, bool assignment)
{
    const char *home = var_get("HOME");
    char c = text[0] == '~' ? text[1] : 'x';
    if (!home || (c && c != '/' && !(assignment && c == ':')))
        return text;
    mtext_puts(out, home, MARK_QUOTED);
    return text + 1;
}

// The first part, if it is literal text, may begin with a tilde, which must end in the same part.
static const struct part *expand_first(struct mtext *out, const struct part *part)
{
    if (!part || part->kind != PART_TEXT || part->quoted || part->text[0] != '~')
        return part;
    if (!part->text[1] && part->next)
        return part;
    mtext_puts(out, expand_tilde(out, part->text, false), 0);
    return part->next;
}

void expand_into(struct mtext *out, const struct word *w, bool split)
{
    expand_parts(out, expand_first(out, w->parts), split);
}

struct mtext expand_pattern(const struct word *w)
{
    struct mtext t = {.home = &sh.scratch};
    expand_into(&t, w, false);
    return t;
}

char *expand_string(const struct word *w)
{
    struct mtext t = expand_pattern(w);
    return mtext_string(&t, 0, t.n);
}

static void assignment_text(struct mtext *t, const char *s, bool start)
{
    while (*s) {
        if (start && *s == '~') {
            const char *rest = expand_tilde(t, s, true);
            if (rest != s) {
                s = rest;
                start = false;
                continue;
            }
        }
        start = *s == ':';
        mtext_add(t, (unsigned char)*s++);
    }
}

char *expand_assignment(const struct word *w)
{
    struct mtext t = {.home = &sh.scratch};
    for (const struct part *part = w->parts; part; part = part->next) {
        struct part one = *part;
        one.next = NULL;
        if (part->kind == PART_TEXT && !part->quoted)
            assignment_text(&t, part->text, part == w->parts);
        else
            expand_parts(&t, &one, false);
    }
    return mtext_string(&t, 0, t.n);
}

char **expand_words(const struct word *words, int *argc)
{
    struct fields f = {0};
    for (; words; words = words->next) {
        struct mtext t = {.home = &sh.scratch};
        expand_into(&t, words, false);
        field_split(&t, &f);
    }
    *argc = (int)f.n;
    field_add(&f, NULL);
    return f.v;
}
