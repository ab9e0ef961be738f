// test and [: an expression over files, strings and numbers.
//
// POSIX decides by the number of arguments what is an operator; the grammar here does the same by
// looking ahead: a word with a binary operator after it is an operand, whatever it looks like.
#include <inttypes.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared.h"

struct expr {
    int n;
    char **v;
    jmp_buf bad;
};

static bool or_expr(struct expr *e);

static _Noreturn void bad(struct expr *e, const char *what, const char *why)
{
    shared_warn("%.60s: %s", what, why);
    longjmp(e->bad, 1);
}

static bool is_binary(const char *s)
{
    static const char *const ops[] = {"=",   "!=",  "-eq", "-ne", "-lt", "-le", "-gt",
                                      "-ge", "-nt", "-ot", "-ef", "==",  "<",   ">"};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (strcmp(s, ops[i]) == 0)
            return true;
    return false;
}

static bool is_unary(const char *s)
{
    return s[0] == '-' && s[1] && !s[2] && strchr("bcdefghknprstuwxzLSGO", s[1]);
}

static intmax_t number(struct expr *e, const char *s)
{
    char *end;
    intmax_t v = strtoimax(s, &end, 10);
    while (*end == ' ' || *end == '\t')
        end++;
    if (end == s || *end)
        bad(e, s, "bad number");
    return v;
}

static bool compare_files(const char *op, const char *l, const char *r)
{
    struct stat a, b;
    bool have_a = stat(l, &a) == 0, have_b = stat(r, &b) == 0;
    if (op[1] == 'e')
        return have_a && have_b && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
    if (!have_a || !have_b)
        return op[1] == 'n' ? have_a : have_b;
    long long d = a.st_mtim.tv_sec - b.st_mtim.tv_sec;
    if (d == 0)
        d = a.st_mtim.tv_nsec - b.st_mtim.tv_nsec;
    return op[1] == 'n' ? d > 0 : d < 0;
}

static bool binary(struct expr *e, const char *l, const char *op, const char *r)
{
    if (op[0] != '-') {
        int d = strcmp(l, r);
        return op[0] == '=' ? d == 0 : op[0] == '!' ? d != 0 : op[0] == '<' ? d < 0 : d > 0;
    }
    if (strcmp(op, "-nt") == 0 || strcmp(op, "-ot") == 0 || strcmp(op, "-ef") == 0)
        return compare_files(op, l, r);
    intmax_t a = number(e, l), b = number(e, r);
    switch (op[1] << 8 | op[2]) {
    case 'e' << 8 | 'q':
        return a == b;
    case 'n' << 8 | 'e':
        return a != b;
    case 'l' << 8 | 't':
        return a < b;
    case 'l' << 8 | 'e':
        return a <= b;
    case 'g' << 8 | 't':
        return a > b;
    default:
        return a >= b;
    }
}

static bool file_mode(char op, const struct stat *st)
{
    switch (op) {
    case 'b':
        return S_ISBLK(st->st_mode);
    case 'c':
        return S_ISCHR(st->st_mode);
    case 'd':
        return S_ISDIR(st->st_mode);
    case 'f':
        return S_ISREG(st->st_mode);
    case 'p':
        return S_ISFIFO(st->st_mode);
    case 'S':
        return S_ISSOCK(st->st_mode);
    case 'h':
    case 'L':
        return S_ISLNK(st->st_mode);
    case 'g':
        return st->st_mode & S_ISGID;
    case 'u':
        return st->st_mode & S_ISUID;
    case 'k':
        return st->st_mode & S_ISVTX;
    case 's':
        return st->st_size > 0;
    case 'O':
        return st->st_uid == geteuid();
    case 'G':
        return st->st_gid == getegid();
    default:
        return true; // e
    }
}

static bool unary(struct expr *e, char op, const char *arg)
{
    struct stat st;
    switch (op) {
    case 'n':
        return *arg;
    case 'z':
        return !*arg;
    case 't':
        return isatty((int)number(e, arg));
    case 'r':
        return access(arg, R_OK) == 0;
    case 'w':
        return access(arg, W_OK) == 0;
    case 'x':
        return access(arg, X_OK) == 0;
    case 'h':
    case 'L':
        return lstat(arg, &st) == 0 && file_mode(op, &st);
    default:
        return stat(arg, &st) == 0 && file_mode(op, &st);
    }
}

static bool primary(struct expr *e)
{
    if (e->n == 0)
        bad(e, "test", "argument expected");
    char *first = *e->v++;
    e->n--;
    if (e->n >= 2 && is_binary(e->v[0])) {
        bool result = binary(e, first, e->v[0], e->v[1]);
        e->v += 2;
        e->n -= 2;
        return result;
    }
    if (strcmp(first, "!") == 0 && e->n)
        return !primary(e);
    if (strcmp(first, "(") == 0 && e->n) {
        bool result = or_expr(e);
        if (!e->n || strcmp(*e->v, ")") != 0)
            bad(e, "test", "closing paren expected");
        e->v++;
        e->n--;
        return result;
    }
    if (is_unary(first) && e->n) {
        e->n--;
        return unary(e, first[1], *e->v++);
    }
    return *first;
}

static bool joined_by(struct expr *e, const char *op)
{
    if (!e->n || strcmp(*e->v, op) != 0)
        return false;
    e->v++;
    e->n--;
    return true;
}

static bool and_expr(struct expr *e)
{
    bool result = primary(e);
    while (joined_by(e, "-a"))
        result = primary(e) && result;
    return result;
}

static bool or_expr(struct expr *e)
{
    bool result = and_expr(e);
    while (joined_by(e, "-o"))
        result = and_expr(e) || result;
    return result;
}

int tool_test(int argc, char **argv)
{
    struct expr e = {.n = argc - 1, .v = argv + 1};
    if (strcmp(shared_name, "[") == 0) {
        if (argc < 2 || strcmp(argv[argc - 1], "]") != 0) {
            shared_warn("missing ]");
            return 2;
        }
        e.n--;
    }
    if (e.n == 0)
        return 1;
    if (setjmp(e.bad))
        return 2;
    bool result = or_expr(&e);
    if (e.n)
        bad(&e, *e.v, "unexpected operator");
    return !result;
}
