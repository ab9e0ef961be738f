// $((...)): C expressions over intmax_t, by precedence climbing.
//
// While `skip` is set, in the branch not taken of && || ?:, nothing is assigned and a division by
// zero is no error.
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "expand.h"
#include "parser.h"
#include "sh.h"
#include "var.h"

struct arith {
    const char *text, *s;
    int skip;
};

struct operator
{
    const char *text;
    int level;
};

static intmax_t conditional(struct arith *a);

static _Noreturn void bad(struct arith *a, const char *why)
{
    fail(2, "arithmetic expression: %s: \"%.100s\"", why, a->text);
}

static void blanks(struct arith *a)
{
    while (isspace((unsigned char)*a->s))
        a->s++;
}

static bool take(struct arith *a, char c)
{
    blanks(a);
    if (*a->s != c)
        return false;
    a->s++;
    return true;
}

static intmax_t number(struct arith *a, const char *s)
{
    char *end;
    intmax_t v = strtoimax(s, &end, 0);
    if (end == s || name_char((unsigned char)*end))
        bad(a, "bad number");
    if (s == a->s)
        a->s = end;
    return v;
}

static intmax_t variable(struct arith *a, const char *name)
{
    const char *value = var_get(name);
    if (!value && sh.opt['u'])
        fail(2, "%.60s: parameter not set", name);
    if (!value || !*value)
        return 0;
    struct arith inner = {.text = value, .s = value};
    bool minus = take(&inner, '-');
    if (!minus)
        take(&inner, '+');
    blanks(&inner);
    intmax_t v = number(&inner, inner.s);
    blanks(&inner);
    if (*inner.s)
        bad(a, "bad number");
    return minus ? (intmax_t) - (uintmax_t)v : v;
}

static intmax_t apply(struct arith *a, const char *op, intmax_t l, intmax_t r)
{
    uintmax_t ul = l, ur = r;
    switch (op[0]) {
    case '*':
        return ul * ur;
    case '/':
    case '%':
        if (r == 0 && !a->skip)
            bad(a, "division by zero");
        if (r == 0 || r == -1)
            return op[0] == '/' ? -ul : 0;
        return op[0] == '/' ? l / r : l % r;
    case '+':
        return ul + ur;
    case '-':
        return ul - ur;
    case '<':
        return op[1] == '<' ? (intmax_t)(ul << (r & 63)) : op[1] == '=' ? l <= r : l < r;
    case '>':
        return op[1] == '>' ? l >> (r & 63) : op[1] == '=' ? l >= r : l > r;
    case '=':
        return l == r;
    case '!':
        return l != r;
    case '&':
        return l & r;
    case '^':
        return l ^ r;
    case '|':
        return l | r;
    default:
        return 0;
    }
}

// NAME or NAME op= expression.
static intmax_t name_or_assignment(struct arith *a)
{
    static const char *const ops[] = {
        "=", "*=", "/=", "%=", "+=", "-=", "&=", "^=", "|=", "<<=", ">>="};
    size_t n = name_length(a->s);
    char *name = arena_strndup(&sh.scratch, a->s, n);
    a->s += n;
    blanks(a);
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        size_t len = strlen(ops[i]);
        if (strncmp(a->s, ops[i], len) != 0 || (len == 1 && a->s[1] == '='))
            continue;
        a->s += len;
        intmax_t v = conditional(a);
        if (len > 1 && !a->skip)
            v = apply(a, ops[i], variable(a, name), v);
        if (!a->skip)
            var_set(name, format_int(v));
        return v;
    }
    return a->skip ? 0 : variable(a, name);
}

static intmax_t unary(struct arith *a)
{
    stack_guard();
    blanks(a);
    if (take(a, '-'))
        return -(uintmax_t)unary(a);
    if (take(a, '+'))
        return unary(a);
    if (take(a, '~'))
        return ~unary(a);
    if (*a->s == '!' && a->s[1] != '=') {
        a->s++;
        return !unary(a);
    }
    if (take(a, '(')) {
        intmax_t v = conditional(a);
        if (!take(a, ')'))
            bad(a, "expecting ')'");
        return v;
    }
    if (name_start((unsigned char)*a->s))
        return name_or_assignment(a);
    if (!isdigit((unsigned char)*a->s))
        bad(a, "expecting primary");
    return number(a, a->s);
}

// The binary operator at the cursor; longer ones first.
static const struct operator* operator_at(const char *s)
{
    static const struct operator ops[] = {
        {"||", 1}, {"&&", 2}, {"==", 6}, {"!=", 6}, {"<=", 7}, {">=", 7},
        {"<<", 8}, {">>", 8}, {"|", 3},  {"^", 4},  {"&", 5},  {"<", 7},
        {">", 7},  {"+", 9},  {"-", 9},  {"*", 10}, {"/", 10}, {"%", 10},
    };
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (strncmp(s, ops[i].text, strlen(ops[i].text)) == 0)
            return &ops[i];
    return NULL;
}

static intmax_t binary(struct arith *a, int level)
{
    intmax_t l = unary(a);
    const struct operator* op;
    for (;;) {
        blanks(a);
        op = operator_at(a->s);
        if (!op || op->level < level)
            return l;
        a->s += strlen(op->text);
        bool logical = op->level <= 2;
        bool decided = logical && (op->level == 1 ? l != 0 : l == 0);
        a->skip += decided;
        intmax_t r = binary(a, op->level + 1);
        a->skip -= decided;
        if (logical)
            l = decided ? op->level == 1 : r != 0;
        else
            l = apply(a, op->text, l, r);
    }
}

static intmax_t conditional(struct arith *a)
{
    stack_guard();
    intmax_t c = binary(a, 1);
    if (!take(a, '?'))
        return c;
    a->skip += !c;
    intmax_t yes = conditional(a);
    a->skip -= !c;
    if (!take(a, ':'))
        bad(a, "expecting ':'");
    a->skip += !!c;
    intmax_t no = conditional(a);
    a->skip -= !!c;
    return c ? yes : no;
}

intmax_t arith_eval(const char *text)
{
    struct arith a = {.text = text, .s = text};
    intmax_t v = conditional(&a);
    blanks(&a);
    if (*a.s)
        bad(&a, "syntax error");
    return v;
}
