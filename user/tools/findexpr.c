// find's expression: a tree of tests and actions, parsed once.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "find.h"

static struct {
    int n;
    char **v;
    bool acts; // some action was named: no implicit -print
} in;

struct expr *find_root;

static struct expr *parse_or(void);

static struct expr *new_expr(enum kind kind, struct expr *a, struct expr *b)
{
    struct expr *e = tool_alloc(sizeof *e);
    e->kind = kind;
    e->a = a;
    e->b = b;
    return e;
}

static bool take(const char *word)
{
    if (!in.n || strcmp(*in.v, word) != 0)
        return false;
    in.n--;
    in.v++;
    return true;
}

static char *argument(const char *of)
{
    if (!in.n)
        tool_die("missing argument to '%.60s'", of);
    in.n--;
    return *in.v++;
}

static void parse_number(struct expr *e, const char *s)
{
    char *end;
    e->sign = *s == '+' ? 1 : *s == '-' ? -1 : 0;
    e->number = strtoimax(s + (e->sign != 0), &end, 10);
    e->unit = e->kind == MTIME ? 86400 : 512;
    if (*end == 'c')
        e->unit = 1;
    else if (*end == 'k')
        e->unit = 1024;
    else if (*end == 'M')
        e->unit = 1024 * 1024;
}

static void parse_exec(struct expr *e)
{
    e->command = in.v;
    while (in.n && strcmp(*in.v, ";") != 0 && !e->many) {
        e->many = in.n > 1 && strcmp(in.v[0], "{}") == 0 && strcmp(in.v[1], "+") == 0;
        in.n--;
        in.v++;
    }
    if (!in.n)
        tool_die("missing argument to '-exec'");
    e->words = (int)(in.v - e->command);
    e->pending = e->many ? tool_alloc(MANY * sizeof *e->pending) : NULL;
    argument("-exec");
}

static const struct {
    const char *name;
    enum kind kind;
    bool has_argument, acts;
} primaries[] = {
    {"-name", NAME, true, false},     {"-iname", NAME, true, false},
    {"-path", PATH, true, false},     {"-type", TYPE, true, false},
    {"-size", SIZE, true, false},     {"-mtime", MTIME, true, false},
    {"-newer", NEWER, true, false},   {"-empty", EMPTY, false, false},
    {"-perm", PERM, true, false},     {"-user", USER, true, false},
    {"-print", PRINT, false, true},   {"-print0", PRINT0, false, true},
    {"-delete", DELETE, false, true}, {"-prune", PRUNE, false, false},
};

static void finish_primary(struct expr *e)
{
    struct stat st;
    uid_t uid;
    if (e->kind == SIZE || e->kind == MTIME)
        parse_number(e, e->text);
    if (e->kind == PERM)
        e->number = strtol(e->text + (*e->text == '-'), NULL, 8);
    if (e->kind == DELETE)
        find.depth_first = true;
    if (e->kind == NEWER && stat(e->text, &st) < 0)
        exit(tool_error(e->text));
    if (e->kind == NEWER)
        e->time = st.st_mtim;
    if (e->kind == USER && !user_number(e->text, &uid))
        tool_die("unknown user '%.60s'", e->text);
    if (e->kind == USER)
        e->number = uid;
}

static struct expr *parse_option(const char *word)
{
    if (strcmp(word, "-maxdepth") == 0)
        find.max_depth = (int)tool_number(argument(word));
    else if (strcmp(word, "-mindepth") == 0)
        find.min_depth = (int)tool_number(argument(word));
    else if (strcmp(word, "-depth") == 0)
        find.depth_first = true;
    else if (strcmp(word, "-xdev") != 0 && strcmp(word, "-true") != 0)
        tool_die("unknown predicate '%.60s'", word);
    return new_expr(TRUE, NULL, NULL);
}

static struct expr *parse_primary(void)
{
    if (take("!") || take("-not"))
        return new_expr(NOT, parse_primary(), NULL);
    if (take("(")) {
        struct expr *e = parse_or();
        if (!take(")"))
            tool_die("missing ')'");
        return e;
    }
    const char *word = argument("find");
    if (strcmp(word, "-exec") == 0) {
        struct expr *e = new_expr(EXEC, NULL, NULL);
        in.acts = true;
        parse_exec(e);
        return e;
    }
    for (size_t i = 0; i < sizeof primaries / sizeof *primaries; i++) {
        if (strcmp(primaries[i].name, word) != 0)
            continue;
        struct expr *e = new_expr(primaries[i].kind, NULL, NULL);
        e->fold = word[1] == 'i';
        if (primaries[i].has_argument)
            e->text = argument(word);
        in.acts |= primaries[i].acts;
        finish_primary(e);
        return e;
    }
    return parse_option(word);
}

static struct expr *parse_and(void)
{
    struct expr *e = parse_primary();
    while (in.n && strcmp(*in.v, ")") != 0 && strcmp(*in.v, "-o") != 0
           && strcmp(*in.v, "-or") != 0) {
        if (!take("-a"))
            take("-and");
        e = new_expr(AND, e, parse_primary());
    }
    return e;
}

static struct expr *parse_or(void)
{
    struct expr *e = parse_and();
    while (take("-o") || take("-or"))
        e = new_expr(OR, e, parse_and());
    return e;
}

void find_parse(int argc, char **argv)
{
    in.n = argc;
    in.v = argv;
    find_root = argc ? parse_or() : new_expr(TRUE, NULL, NULL);
    if (in.n)
        tool_die("unexpected '%.60s'", *in.v);
    if (!in.acts)
        find_root = new_expr(AND, find_root, new_expr(PRINT, NULL, NULL));
}
