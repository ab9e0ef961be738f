// expr
#include <inttypes.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"
#include "tools.h"

static int left;
static char **at;

static char *parse(int level);

static bool take(const char *word)
{
    if (!left || strcmp(*at, word) != 0)
        return false;
    left--;
    at++;
    return true;
}

static bool is_integer(const char *s)
{
    s += *s == '-';
    return *s && !s[strspn(s, "0123456789")];
}

static bool is_null(const char *s)
{
    return !*s || (is_integer(s) && strtoimax(s, NULL, 10) == 0);
}

static char *from_integer(intmax_t v)
{
    char text[32];
    snprintf(text, sizeof text, "%jd", v);
    return tool_strdup(text);
}

static intmax_t integer(const char *s)
{
    if (!is_integer(s))
        tool_die("non-integer argument");
    return strtoimax(s, NULL, 10);
}

// STRING : REGEX, anchored: the group's text, or the length of the match.
static char *match(const char *s, const char *pattern)
{
    regex_t re;
    regmatch_t m[2];
    char *anchored = tool_realloc(NULL, strlen(pattern) + 2);
    sprintf(anchored, "^%s", *pattern == '^' ? pattern + 1 : pattern);
    if (regcomp(&re, anchored, 0))
        tool_die("invalid regular expression");
    bool found = regexec(&re, s, 2, m, 0) == 0;
    if (re.re_nsub == 0)
        return from_integer(found ? m[0].rm_eo : 0);
    if (!found || m[1].rm_so < 0)
        return "";
    return strndup(s + m[1].rm_so, m[1].rm_eo - m[1].rm_so);
}

static char *next_word(void)
{
    if (!left)
        tool_die("syntax error: missing argument");
    left--;
    return *at++;
}

static char *substring(const char *s, intmax_t from, intmax_t n)
{
    intmax_t len = strlen(s);
    if (from < 1 || from > len || n < 1)
        return "";
    return strndup(s + from - 1, n < len ? n : len);
}

static char *primary(void)
{
    if (take("(")) {
        char *v = parse(0);
        if (!take(")"))
            tool_die("syntax error: expecting ')'");
        return v;
    }
    if (left > 1 && take("length"))
        return from_integer(strlen(primary()));
    if (left > 2 && take("index")) {
        const char *s = primary(), *set = primary();
        size_t n = strcspn(s, set);
        return from_integer(s[n] ? (intmax_t)n + 1 : 0);
    }
    if (left > 3 && take("substr")) {
        const char *s = primary();
        intmax_t from = integer(primary());
        return substring(s, from, integer(primary()));
    }
    return next_word();
}

static intmax_t compare(const char *a, const char *b)
{
    if (!is_integer(a) || !is_integer(b))
        return strcmp(a, b);
    intmax_t x = strtoimax(a, NULL, 10), y = strtoimax(b, NULL, 10);
    return x < y ? -1 : x > y;
}

static char *arithmetic(const char *op, const char *a, const char *b)
{
    uintmax_t x = integer(a), y = integer(b);
    if ((*op == '/' || *op == '%') && y == 0)
        tool_die("division by zero");
    switch (*op) {
    case '+':
        return from_integer(x + y);
    case '-':
        return from_integer(x - y);
    case '*':
        return from_integer(x * y);
    case '/':
        return from_integer(y == UINTMAX_MAX ? -x : (uintmax_t)((intmax_t)x / (intmax_t)y));
    default:
        return from_integer(y == UINTMAX_MAX ? 0 : (intmax_t)x % (intmax_t)y);
    }
}

static char *apply(int level, const char *op, char *a, char *b)
{
    static char zero[] = "0";
    switch (level) {
    case 0:
        return !is_null(a) ? a : !is_null(b) ? b : zero;
    case 1:
        return is_null(a) || is_null(b) ? zero : a;
    case 2:
        break;
    case 5:
        return match(a, b);
    default:
        return arithmetic(op, a, b);
    }
    intmax_t d = compare(a, b);
    bool or_equal = op[1] == '=';
    switch (*op) {
    case '<':
        return from_integer(or_equal ? d <= 0 : d < 0);
    case '>':
        return from_integer(or_equal ? d >= 0 : d > 0);
    case '!':
        return from_integer(d != 0);
    default:
        return from_integer(d == 0);
    }
}

static char *parse(int level)
{
    static const char *const ops[][7] = {
        {"|"}, {"&"}, {"<", "<=", "=", "==", "!=", ">=", ">"}, {"+", "-"}, {"*", "/", "%"}, {":"},
    };
    if (level == 6)
        return primary();
    char *v = parse(level + 1);
    for (int i = 0; i < 7 && ops[level][i]; i++) {
        if (!take(ops[level][i]))
            continue;
        v = apply(level, ops[level][i], v, parse(level + 1));
        i = -1;
    }
    return v;
}

int expr_main(int argc, char **argv)
{
    tool_trouble = 2;
    left = argc - 1;
    at = argv + 1;
    if (left && strcmp(*at, "--") == 0) {
        left--;
        at++;
    }
    char *v = parse(0);
    if (left)
        tool_die("syntax error: unexpected argument '%.60s'", *at);
    puts(v);
    return is_null(v);
}
