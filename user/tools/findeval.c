// find's expression, asked about one name at a time, and the programs that it runs.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "find.h"

static int failed;

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

static bool remove_found(const struct found *f)
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

// One case for each kind: long, but flat.
static bool eval(struct expr *e, struct found *f)
{
    int flags = e->fold ? FNM_CASEFOLD : 0;
    switch (e->kind) {
    case AND:
        return eval(e->a, f) && eval(e->b, f);
    case OR:
        return eval(e->a, f) || eval(e->b, f);
    case NOT:
        return !eval(e->a, f);
    case NAME:
        return fnmatch(e->text, f->name, flags) == 0;
    case PATH:
        return fnmatch(e->text, f->path, flags) == 0;
    case TYPE:
        return is_type(f, *e->text);
    case SIZE:
        return number_fits(e, (f->st.st_size + e->unit - 1) / e->unit);
    case MTIME:
        return number_fits(e, (time(NULL) - f->st.st_mtim.tv_sec) / e->unit);
    case NEWER:
        return newer(&f->st.st_mtim, &e->time);
    case EMPTY:
        return is_empty(f);
    case PERM:
        return (f->st.st_mode & (*e->text == '-' ? e->number : 07777)) == (mode_t)e->number;
    case USER:
        return f->st.st_uid == (uid_t)e->number;
    case PRINT:
        puts(f->path);
        return true;
    case PRINT0:
        fwrite(f->path, 1, strlen(f->path) + 1, stdout);
        return true;
    case EXEC:
        return run_exec(e, f);
    case DELETE:
        return remove_found(f);
    case PRUNE:
        return f->prune = true;
    case TRUE:
        return true;
    }
    return false;
}

bool find_matches(struct found *f)
{
    return eval(find_root, f);
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
    finish(find_root);
    return failed;
}
