/* Machine: power, and text for the firmware's console before there is a terminal. */
#include "kernel/arch.h"
#include "kernel/aspace.h"
#include "kernel/method.h"

#define PRINT_MAX 256u

err_t machine_method_end(struct invocation *v)
{
	if (method_label(v) == MACHINE_REBOOT)
		arch_reboot();
	arch_power_off();
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
