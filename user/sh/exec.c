// Lists, conditions and loops. Whatever forks is in pipeline.c, simple commands are in command.c.
#include "exec.h"

#include <string.h>

#include "expand.h"
#include "redir.h"
#include "trap.h"
#include "var.h"

void exec_errexit(int status)
{
    if (status && sh.opt['e'] && !sh.tested)
        shell_exit(status);
}

static int exec_tested(const struct node *n)
{
    sh.tested++;
    int status = exec_node(n, false);
    sh.tested--;
    return status;
}

static int exec_andor(const struct node *n, bool last)
{
    int status = 0;
    for (const struct node *p = n->a; p && !sh.skip; p = p->next) {
        if ((p->op == '&' && status != 0) || (p->op == '|' && status == 0))
            continue;
        status = p->next ? exec_tested(p) : exec_node(p, last);
    }
    return status;
}

static int exec_list(const struct node *n, bool last)
{
    int status = 0;
    for (const struct node *p = n->a; p && !sh.skip; p = p->next)
        status = p->async ? exec_async(p) : exec_node(p, last && !p->next);
    return status;
}

static int exec_if(const struct node *n, bool last)
{
    int status = exec_tested(n->a);
    if (sh.skip)
        return status;
    if (status == 0)
        return exec_node(n->b, last);
    return n->c ? exec_node(n->c, last) : 0;
}

// After a part of a loop: does a break, continue or return end this loop?
static bool leave_loop(void)
{
    if (sh.skip == SKIP_NONE)
        return false;
    if (sh.skip == SKIP_RETURN)
        return true;
    bool leave = sh.skip == SKIP_BREAK || sh.skip_count > 1;
    if (--sh.skip_count == 0)
        sh.skip = SKIP_NONE;
    return leave;
}

static int exec_while(const struct node *n)
{
    int status = 0;
    sh.loops++;
    for (;;) {
        int condition = exec_tested(n->a);
        if (sh.skip == SKIP_RETURN)
            status = condition;
        bool skipped = sh.skip != SKIP_NONE;
        if (leave_loop())
            break;
        if (skipped)
            continue;
        if ((condition == 0) == (n->kind == NODE_UNTIL))
            break;
        status = exec_node(n->b, false);
        if (leave_loop())
            break;
    }
    sh.loops--;
    return status;
}

static int exec_for(const struct node *n)
{
    struct mark m = arena_mark(&sh.scratch);
    struct part all = {.kind = PART_PARAM, .quoted = true, .text = "@"};
    struct word params = {.parts = &all};
    int argc, status = 0;
    char **argv = expand_words(n->in_given ? n->words : &params, &argc);
    sh.loops++;
    for (int i = 0; i < argc; i++) {
        var_set(n->name, argv[i]);
        status = exec_node(n->b, false);
        if (leave_loop())
            break;
    }
    sh.loops--;
    arena_release(&sh.scratch, m);
    return status;
}

static bool case_matches(const struct case_item *item, const char *subject)
{
    for (const struct word *w = item->patterns; w; w = w->next) {
        struct mtext p = expand_pattern(w);
        if (pattern_match(p.v, p.n, subject, strlen(subject)))
            return true;
    }
    return false;
}

static int exec_case(const struct node *n, bool last)
{
    struct mark m = arena_mark(&sh.scratch);
    const char *subject = expand_string(n->words);
    const struct case_item *item = n->items;
    while (item && !case_matches(item, subject))
        item = item->next;
    arena_release(&sh.scratch, m);
    return item && item->body ? exec_node(item->body, last) : 0;
}

static int dispatch(const struct node *n, bool last)
{
    switch (n->kind) {
    case NODE_SIMPLE:
        return exec_simple(n, last);
    case NODE_PIPE:
        return exec_pipeline(n, false);
    case NODE_ANDOR:
        return exec_andor(n, last);
    case NODE_LIST:
        return exec_list(n, last);
    case NODE_SUBSHELL:
        return exec_subshell(n, last);
    case NODE_GROUP:
        return exec_node(n->a, last);
    case NODE_IF:
        return exec_if(n, last);
    case NODE_WHILE:
    case NODE_UNTIL:
        return exec_while(n);
    case NODE_FOR:
        return exec_for(n);
    case NODE_CASE:
        return exec_case(n, last);
    case NODE_FUNCTION:
        func_define(n);
        return 0;
    }
    return 2;
}

static int with_redirs(const struct node *n)
{
    struct mark m = arena_mark(&sh.scratch);
    struct fdsave *before = sh.saves;
    struct plan *plan = redir_plan(n->redirs);
    int status = redir_apply_saving(plan) ? dispatch(n, false) : 2;
    redir_undo(before);
    redir_plan_close(plan);
    arena_release(&sh.scratch, m);
    return status;
}

int exec_node(const struct node *n, bool last)
{
    stack_guard();
    trap_poll();
    if (sh.skip) // a trap's action said so
        return sh.status;
    bool own_redirs = n->kind == NODE_SIMPLE || n->kind == NODE_SUBSHELL;
    sh.status = n->redirs && !own_redirs ? with_redirs(n) : dispatch(n, last);
    return sh.status;
}
