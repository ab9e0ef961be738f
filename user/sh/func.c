// Functions: a chain of names, each holding on to the arena its body lives in.
#include <stdlib.h>
#include <string.h>

#include "exec.h"
#include "var.h"

struct func {
    struct func *next;
    const char *name; // in home, as is the body
    const struct node *body;
    struct arena *home;
};

static struct func *functions;

struct func *func_find(const char *name)
{
    for (struct func *f = functions; f; f = f->next)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

bool func_unset(const char *name)
{
    for (struct func **at = &functions; *at; at = &(*at)->next)
        if (strcmp((*at)->name, name) == 0) {
            struct func *f = *at;
            *at = f->next;
            arena_drop(f->home);
            free(f);
            return true;
        }
    return false;
}

void func_define(const struct node *n)
{
    struct func *f = xmalloc(sizeof *f);
    func_unset(n->name);
    n->home->refs++;
    *f = (struct func){functions, n->name, n->a, n->home};
    functions = f;
}

// The body is held during the call: it may redefine or unset itself.
int func_call(struct func *f, int argc, char **argv)
{
    struct arena *home = f->home;
    int loops = sh.loops;
    stack_guard();
    home->refs++;
    frame_push(true);
    sh.params = (struct params){argc - 1, argv + 1, NULL};
    sh.loops = 0;
    sh.functions++;
    int status = exec_node(f->body, false);
    sh.functions--;
    sh.loops = loops;
    if (sh.skip == SKIP_RETURN)
        sh.skip = SKIP_NONE;
    frame_pop();
    arena_drop(home);
    return status;
}
