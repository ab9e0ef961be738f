// find's expression: a tree of tests and actions, parsed once.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "find.h"

enum kind { AND, OR, NOT, NAME, PATH, TYPE, SIZE, MTIME, NEWER, EMPTY, PERM, USER, PRINT, PRINT0,
            EXEC, DELETE, PRUNE, TRUE };

struct expr {
    enum kind kind;
    struct expr *a, *b;
    const char *text;
    bool fold;       // -iname
    int sign;        // of a number: -1 less, 0 equal, 1 more
    intmax_t number;
    intmax_t unit;
    struct timespec time;
    char **command;  // EXEC
    int words;
    bool many;       // EXEC ... {} +
    char **pending;
    int npending;
};

static struct {
    int n;
    char **v;
    bool acts; // some action was named: no implicit -print
} in;

static struct expr *root;
static int failed;
enum { MANY = 500 };

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
    {"-name", NAME, true, false},    {"-iname", NAME, true, false},  {"-path", PATH, true, false},
    {"-type", TYPE, true, false},    {"-size", SIZE, true, false},   {"-mtime", MTIME, true, false},
    {"-newer", NEWER, true, false},  {"-empty", EMPTY, false, false}, {"-perm", PERM, true, false},
    {"-user", USER, true, false},    {"-print", PRINT, false, true}, {"-print0", PRINT0, false, true},
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
    while (in.n && strcmp(*in.v, ")") != 0 && strcmp(*in.v, "-o") != 0 &&
           strcmp(*in.v, "-or") != 0) {
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
    root = argc ? parse_or() : new_expr(TRUE, NULL, NULL);
    if (in.n)
        tool_die("unexpected '%.60s'", *in.v);
    if (!in.acts)
        root = new_expr(AND, root, new_expr(PRINT, NULL, NULL));
}

static bool spawn(char **argv)
{
    int status;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        tool_exec(argv);
    if (pid < 0)
        return !tool_error("fork");
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool run_pending(struct expr *e)
{
    char **argv = tool_alloc((e->words + e->npending + 1) * sizeof *argv);
    int n = 0;
    for (int i = 0; i < e->words; i++) {
        if (strcmp(e->command[i], "{}") != 0) {
            argv[n++] = e->command[i];
            continue;
        }
        memcpy(argv + n, e->pending, e->npending * sizeof *argv);
        n += e->npending;
    }
    bool ok = !e->npending || spawn(argv);
    for (int i = 0; i < e->npending; i++)
        free(e->pending[i]);
    e->npending = 0;
    free(argv);
    return ok;
}

// Every {} inside a word is replaced by the path.
static char *substitute(const char *word, const char *path)
{
    const char *at = strstr(word, "{}");
    if (!at)
        return tool_strdup(word);
    size_t before = at - word;
    char *rest = substitute(at + 2, path);
    char *out = tool_realloc(NULL, before + strlen(path) + strlen(rest) + 1);
    memcpy(out, word, before);
    strcpy(stpcpy(out + before, path), rest);
    free(rest);
    return out;
}

static bool run_exec(struct expr *e, const struct found *f)
{
    if (e->many) {
        e->pending[e->npending++] = tool_strdup(f->path);
        if (e->npending == MANY && !run_pending(e))
            failed = 1;
        return true;
    }
    char **argv = tool_alloc((e->words + 1) * sizeof *argv);
    for (int i = 0; i < e->words; i++)
        argv[i] = substitute(e->command[i], f->path);
    bool ok = spawn(argv);
    for (int i = 0; i < e->words; i++)
        free(argv[i]);
    free(argv);
    return ok;
}

static bool is_type(const struct found *f, char type)
{
    char text[11];
    mode_string(f->st.st_mode, text);
    return text[0] == (type == 'f' ? '-' : type);
}

static bool is_empty(const struct found *f)
{
    struct dirent *d;
    int n = 0;
    if (S_ISREG(f->st.st_mode))
        return f->st.st_size == 0;
    DIR *dir = S_ISDIR(f->st.st_mode) ? opendir(f->path) : NULL;
    if (!dir)
        return false;
    while ((d = readdir(dir)))
        n += strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
    closedir(dir);
    return n == 0;
}

static bool number_fits(const struct expr *e, intmax_t v)
{
    return e->sign < 0 ? v < e->number : e->sign > 0 ? v > e->number : v == e->number;
}

static bool delete(const struct found *f)
{
    if (strcmp(f->path, ".") == 0)
        return true;
    if ((S_ISDIR(f->st.st_mode) ? rmdir : unlink)(f->path) == 0)
        return true;
    failed = tool_error(f->path);
    return false;
}

static bool newer(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

static bool eval(struct expr *e, struct found *f)
{
    int flags = e->fold ? FNM_CASEFOLD : 0;
    switch (e->kind) {
    case AND: return eval(e->a, f) && eval(e->b, f);
    case OR: return eval(e->a, f) || eval(e->b, f);
    case NOT: return !eval(e->a, f);
    case NAME: return fnmatch(e->text, f->name, flags) == 0;
    case PATH: return fnmatch(e->text, f->path, flags) == 0;
    case TYPE: return is_type(f, *e->text);
    case SIZE: return number_fits(e, (f->st.st_size + e->unit - 1) / e->unit);
    case MTIME: return number_fits(e, (time(NULL) - f->st.st_mtim.tv_sec) / e->unit);
    case NEWER: return newer(&f->st.st_mtim, &e->time);
    case EMPTY: return is_empty(f);
    case PERM:
        return (f->st.st_mode & (*e->text == '-' ? e->number : 07777)) == (mode_t)e->number;
    case USER: return f->st.st_uid == (uid_t)e->number;
    case PRINT: puts(f->path); return true;
    case PRINT0: fwrite(f->path, 1, strlen(f->path) + 1, stdout); return true;
    case EXEC: return run_exec(e, f);
    case DELETE: return delete(f);
    case PRUNE: return f->prune = true;
    case TRUE: return true;
    }
    return false;
}

bool find_matches(struct found *f)
{
    return eval(root, f);
}

static void finish(struct expr *e)
{
    if (!e)
        return;
    finish(e->a);
    finish(e->b);
    if (e->kind == EXEC && e->many && !run_pending(e))
        failed = 1;
}

int find_finish(void)
{
    finish(root);
    return failed;
}
