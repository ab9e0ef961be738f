/* Machine: power, and text for the firmware's console before there is a terminal. */
#include "kernel/machine.h"

#include "kernel/arch.h"
#include "kernel/aspace.h"
#include "kernel/check.h"
#include "kernel/method.h"
#include "kernel/pool.h"
#include "kernel/print.h"
#include "kernel/sched.h"

#define PRINT_MAX 256u

err_t machine_method_off(struct invocation *v)
{
	(void)v;
	arch_power_off();
}

err_t machine_method_reboot(struct invocation *v)
{
	(void)v;
	arch_reboot();
}

err_t machine_method_print(struct invocation *v)
{
	char text[PRINT_MAX];
	u64 len = v->window_len > PRINT_MAX ? PRINT_MAX : v->window_len;

	if (aspace_copy_in(thread_aspace(v->caller), v->window, text, len) != len)
		return -EFAULT;
	for (u64 i = 0; i < len; i++)
		arch_print_char(text[i]);
	v->out[0] = len;
	return 0;
}

err_t machine_method_check(struct invocation *v)
{
	(void)v;
	if (!DEBUG_BUILD)
		return -ENOSYS;
	check_all();
	return 0;
}

err_t machine_method_paths(struct invocation *v)
{
	if (!DEBUG_BUILD)
		return -ENOSYS;
	if (v->in[0] != PATHS_KEEP)
		hart.slow_only = v->in[0] == PATHS_SLOW;
	v->out[0] = check_slow_entries;
	v->out[1] = check_fast_entries;
	return 0;
}

err_t machine_method_state(struct invocation *v)
{
	const u64 *words;
	const struct pool *p;
	err_t err;

	if (!DEBUG_BUILD)
		return -ENOSYS;
	p = method_sent(v, OBJECT_POOL, &err);
	if (!p)
		return err;
	v->out[0] = check_state(p, &words, v->in[0]);
	if (v->window_len < v->out[0] * sizeof(*words))
		return -EINVAL;
	(void)aspace_copy_out(thread_aspace(v->caller), v->window, words,
			      v->out[0] * sizeof(*words));
	return 0;
}
