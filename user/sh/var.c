// Variables, the environment and frames: see var.h.
#include "var.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser.h"

enum { BUCKETS = 64 };

struct saved {
    struct saved *next;
    struct var *var;
    char *value;
    unsigned flags;
};

struct frame {
    struct frame *up;
    struct saved *saved;
    bool with_params;
    struct params params;
};

static struct var *table[BUCKETS];

static struct var **bucket(const char *name)
{
    unsigned h = 5381;
    while (*name)
        h = h * 33 + (unsigned char)*name++;
    return &table[h % BUCKETS];
}

struct var *var_find(const char *name)
{
    for (struct var *v = *bucket(name); v; v = v->next)
        if (strcmp(v->name, name) == 0)
            return v;
    return NULL;
}

static struct var *find_or_add(const char *name)
{
    struct var *v = var_find(name), **head = bucket(name);
    if (v)
        return v;
    v = xmalloc(sizeof *v + strlen(name) + 1);
    strcpy(v->name, name);
    v->value = NULL;
    v->flags = 0;
    v->next = *head;
    *head = v;
    return v;
}

const char *var_get(const char *name)
{
    struct var *v = var_find(name);
    return v ? v->value : NULL;
}

void var_set(const char *name, const char *value)
{
    struct var *v = find_or_add(name);
    if (v->flags & VAR_READONLY)
        fail(2, "%.60s: is read only", name);
    char *old = v->value;
    v->value = xstrdup(value);
    free(old);
    if (sh.opt['a'])
        v->flags |= VAR_EXPORT;
}

bool var_unset(const char *name)
{
    struct var *v = var_find(name);
    if (!v)
        return true;
    if (v->flags & VAR_READONLY)
        return false;
    free(v->value);
    v->value = NULL;
    v->flags = 0;
    return true;
}

void var_flag(const char *name, unsigned flag)
{
    find_or_add(name)->flags |= flag;
}

static void set_default(const char *name, const char *value)
{
    if (!var_get(name))
        var_set(name, value);
}

void var_init(char **envp)
{
    for (; *envp; envp++) {
        size_t n = name_length(*envp);
        if (!n || (*envp)[n] != '=')
            continue;
        (*envp)[n] = 0;
        var_set(*envp, *envp + n + 1);
        var_flag(*envp, VAR_EXPORT);
        (*envp)[n] = '=';
    }
    var_set("IFS", " \t\n");
    var_find("IFS")->flags = 0;
    set_default("PATH", "/bin:/sbin:/usr/bin:/usr/sbin");
    set_default("HOME", "/");
    set_default("PS1", geteuid() == 0 ? "# " : "$ ");
    set_default("PS2", "> ");
    set_default("PS4", "+ ");
}

static char *pair(const struct var *v)
{
    struct strbuf b = {.home = &sh.scratch};
    sb_puts(&b, v->name);
    sb_putc(&b, '=');
    sb_puts(&b, v->value);
    return sb_str(&b);
}

static int var_count(void)
{
    int n = 0;
    for (int i = 0; i < BUCKETS; i++)
        for (struct var *v = table[i]; v; v = v->next)
            n++;
    return n;
}

char **var_environment(void)
{
    char **env = arena_alloc(&sh.scratch, (var_count() + 1) * sizeof *env);
    int k = 0;
    for (int i = 0; i < BUCKETS; i++)
        for (struct var *v = table[i]; v; v = v->next)
            if (v->value && (v->flags & VAR_EXPORT))
                env[k++] = pair(v);
    env[k] = NULL;
    return env;
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(struct var *const *)a)->name, (*(struct var *const *)b)->name);
}

struct var **var_sorted(int *n)
{
    struct var **all = arena_alloc(&sh.scratch, (var_count() + 1) * sizeof *all);
    *n = 0;
    for (int i = 0; i < BUCKETS; i++)
        for (struct var *v = table[i]; v; v = v->next)
            all[(*n)++] = v;
    qsort(all, *n, sizeof *all, by_name);
    return all;
}

void frame_push(bool with_params)
{
    struct frame *f = xmalloc(sizeof *f);
    *f = (struct frame){.up = sh.frame, .with_params = with_params, .params = sh.params};
    sh.frame = f;
}

static void save_in(struct frame *f, const char *name)
{
    struct var *v = find_or_add(name);
    for (struct saved *s = f->saved; s; s = s->next)
        if (s->var == v)
            return;
    struct saved *s = xmalloc(sizeof *s);
    *s = (struct saved){.next = f->saved, .var = v, .flags = v->flags};
    s->value = v->value ? xstrdup(v->value) : NULL;
    f->saved = s;
}

void frame_save(const char *name)
{
    save_in(sh.frame, name);
}

static struct frame *function_frame(void)
{
    struct frame *f = sh.frame;
    while (f && !f->with_params)
        f = f->up;
    return f;
}

void frame_save_local(const char *name)
{
    struct frame *f = function_frame();
    if (f)
        save_in(f, name);
}

void frame_pop(void)
{
    struct frame *f = sh.frame;
    struct saved *s;
    while ((s = f->saved)) {
        f->saved = s->next;
        free(s->var->value);
        s->var->value = s->value;
        s->var->flags = s->flags;
        free(s);
    }
    if (f->with_params) {
        if (sh.params.base != f->params.base)
            free(sh.params.base);
        sh.params = f->params;
    }
    sh.frame = f->up;
    free(f);
}

// The words and their vector in one block.
void params_set(int argc, char **argv)
{
    size_t bytes = (argc + 1) * sizeof *argv;
    for (int i = 0; i < argc; i++)
        bytes += strlen(argv[i]) + 1;
    char **v = xmalloc(bytes);
    char *text = (char *)(v + argc + 1);
    for (int i = 0; i < argc; i++) {
        v[i] = strcpy(text, argv[i]);
        text += strlen(text) + 1;
    }
    v[argc] = NULL;
    struct frame *f = function_frame();
    if (!f || f->params.base != sh.params.base)
        free(sh.params.base);
    sh.params = (struct params){argc, v, v};
}
