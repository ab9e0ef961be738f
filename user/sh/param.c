// ${...}: the value of a parameter, and the operators on it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expand.h"
#include "parser.h"
#include "sh.h"
#include "var.h"

static bool is_list(const char *name)
{
    return (name[0] == '@' || name[0] == '*') && !name[1];
}

static char *positional(const char *digits)
{
    long i = strtol(digits, NULL, 10);
    if (i == 0)
        return sh.arg0;
    return i > 0 && i <= sh.params.n ? sh.params.v[i - 1] : NULL;
}

static char *option_letters(void)
{
    char text[128];
    size_t n = 0;
    for (int c = 'A'; c <= 'z'; c++)
        if (sh.opt[c])
            text[n++] = (char)c;
    return arena_strndup(&sh.scratch, text, n);
}

// All positional parameters joined by the first character of IFS.
static char *joined(void)
{
    struct strbuf b = {.home = &sh.scratch};
    const char *ifs = var_get("IFS");
    char sep = ifs ? ifs[0] : ' ';
    for (int i = 0; i < sh.params.n; i++) {
        if (i && sep)
            sb_putc(&b, sep);
        sb_puts(&b, sh.params.v[i]);
    }
    return sb_str(&b);
}

static char *value_of(const char *name)
{
    if (name_length(name))
        return (char *)var_get(name);
    switch (name[0]) {
    case '?':
        return format_int(sh.status);
    case '$':
        return format_int(sh.pid);
    case '!':
        return sh.bgpid ? format_int(sh.bgpid) : NULL;
    case '#':
        return format_int(sh.params.n);
    case '-':
        return option_letters();
    case '@':
    case '*':
        return sh.params.n ? joined() : NULL;
    default:
        return positional(name);
    }
}

// $* and $@: one field for each parameter, except "$*", which is a single one.
static void put_list(struct mtext *out, const struct part *part)
{
    unsigned marks = part->quoted ? MARK_QUOTED : MARK_SPLIT;
    if (part->quoted && part->text[0] == '*') {
        mtext_add(out, MARK_EMPTY);
        mtext_puts(out, joined(), marks);
        return;
    }
    for (int i = 0; i < sh.params.n; i++) {
        if (i)
            mtext_add(out, MARK_BREAK | ' ');
        if (part->quoted)
            mtext_add(out, MARK_EMPTY);
        mtext_puts(out, sh.params.v[i], marks);
    }
}

static void put_value(struct mtext *out, const struct part *part, const char *value)
{
    if (is_list(part->text)) {
        put_list(out, part);
        return;
    }
    if (part->quoted)
        mtext_add(out, MARK_EMPTY);
    mtext_puts(out, value, part->quoted ? MARK_QUOTED : MARK_SPLIT);
}

static void put_operand(struct mtext *out, const struct part *part)
{
    if (part->quoted && !part->arg->parts)
        mtext_add(out, MARK_EMPTY);
    expand_into(out, part->arg, !part->quoted);
}

static void assign_default(struct mtext *out, const struct part *part)
{
    if (!name_length(part->text))
        fail(2, "%.60s: bad variable name", part->text);
    char *value = expand_string(part->arg);
    var_set(part->text, value);
    put_value(out, part, value);
}

static _Noreturn void unset_error(const struct part *part)
{
    const char *text = part->arg ? expand_string(part->arg) : "";
    if (!*text)
        text = part->colon ? "parameter null or not set" : "parameter not set";
    fail(2, "%.60s: %.300s", part->text, text);
}

// How much of s[0..n) the pattern takes from its front (or its back), -1: it does not match.
static long trim_length(const struct mtext *p, const char *s, size_t n, enum param_op op)
{
    bool longest = op == PARAM_PREFIX_LONG || op == PARAM_SUFFIX_LONG;
    bool front = op == PARAM_PREFIX || op == PARAM_PREFIX_LONG;
    for (size_t i = 0; i <= n; i++) {
        size_t len = longest ? n - i : i;
        if (pattern_match(p->v, p->n, front ? s : s + n - len, len))
            return (long)len;
    }
    return -1;
}

static void put_trimmed(struct mtext *out, const struct part *part, const char *value)
{
    struct mtext pattern = expand_pattern(part->arg);
    size_t n = strlen(value);
    long len = trim_length(&pattern, value, n, part->op);
    bool front = part->op == PARAM_PREFIX || part->op == PARAM_PREFIX_LONG;
    if (len > 0 && front)
        value += len;
    if (len > 0 && !front)
        value = arena_strndup(&sh.scratch, value, n - len);
    if (part->quoted)
        mtext_add(out, MARK_EMPTY);
    mtext_puts(out, value, part->quoted ? MARK_QUOTED : MARK_SPLIT);
}

static void put_plain(struct mtext *out, const struct part *part, const char *value)
{
    if (!value && sh.opt['u'] && !is_list(part->text))
        unset_error(part);
    value = value ? value : "";
    switch (part->op) {
    case PARAM_LENGTH: {
        bool count = is_list(part->text);
        value = format_int(count ? sh.params.n : (intmax_t)strlen(value));
        mtext_puts(out, value, part->quoted ? MARK_QUOTED : MARK_SPLIT);
        break;
    }
    case PARAM_PREFIX:
    case PARAM_PREFIX_LONG:
    case PARAM_SUFFIX:
    case PARAM_SUFFIX_LONG:
        put_trimmed(out, part, value);
        break;
    default:
        put_value(out, part, value);
        break;
    }
}

void expand_param(struct mtext *out, const struct part *part)
{
    const char *value = part->op == PARAM_BAD ? NULL : value_of(part->text);
    bool set = value && !(part->colon && !*value);
    switch (part->op) {
    case PARAM_DEFAULT:
        set ? put_value(out, part, value) : put_operand(out, part);
        break;
    case PARAM_ALTERNATE:
        if (set)
            put_operand(out, part);
        else if (part->quoted)
            mtext_add(out, MARK_EMPTY);
        break;
    case PARAM_ASSIGN:
        set ? put_value(out, part, value) : assign_default(out, part);
        break;
    case PARAM_ERROR:
        if (!set)
            unset_error(part);
        put_value(out, part, value);
        break;
    case PARAM_BAD:
        fail(2, "bad substitution");
    default:
        put_plain(out, part, value);
        break;
    }
}
