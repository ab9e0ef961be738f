/* Methods of the machine that only the debug build has. */
#include "kernel/arch.h"
#include "kernel/aspace.h"
#include "kernel/check.h"
#include "kernel/method.h"
#include "kernel/sched.h"
#include "tests/kernel/check.h"

err_t machine_method_check(struct invocation *v)
{
    (void)v;
    check_all();
    return 0;
}

err_t machine_method_paths(struct invocation *v)
{
    if (v->in[0] != PATHS_KEEP)
        hart.slow_only = v->in[0] == PATHS_SLOW;
    if (v->in[1] & PATHS_SLICE_OVER)
        sched_slice_over();
    while (v->in[1] & PATHS_NO_IDENTIFIERS && arch_identifier_take())
        ;
    v->out[0] = check_slow_entries;
    v->out[1] = check_fast_entries;
    return 0;
}

err_t machine_method_state(struct invocation *v)
{
    const u64 *words;
    err_t err;
    const struct pool *p = method_sent(v, OBJECT_POOL, &err);

    if (!p)
        return err;
    v->out[0] = check_state(p, &words, v->in[0]);
    if (v->window_len < v->out[0] * sizeof(*words))
        return -EINVAL;
    (void)aspace_copy_out(thread_aspace(v->caller), v->window, words, v->out[0] * sizeof(*words));
    return 0;
}
