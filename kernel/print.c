/*
 * The kernel's own text, to the firmware's console, and the end of the road: a
 * kernel that cannot go on says why and powers off, in all builds.
 */
#include "kernel/print.h"
#include "kernel/arch.h"
#include "kernel/sched.h"
#include "kernel/trap.h"

#include <stdarg.h>

static void print_string(const char *s)
{
	while (*s)
		arch_print_char(*s++);
}

static void print_number(u64 n, u32 base)
{
	char digits[20];
	u32 i = 0;

	do
		digits[i++] = "0123456789abcdef"[n % base];
	while (n /= base);
	while (i)
		arch_print_char(digits[--i]);
}

/* One conversion, f at the character behind '%'; returns its last character. */
static const char *print_one(const char *f, va_list *arguments)
{
	bool wide = *f == 'l';

	f += wide;
	if (*f == 's')
		print_string(va_arg(*arguments, const char *));
	else if (*f == 'p')
		print_number(va_arg(*arguments, u64), 16);
	else
		print_number(wide ? va_arg(*arguments, u64) : va_arg(*arguments, u32),
			     *f == 'u' ? 10 : 16);
	return f;
}

static void print_list(const char *format, va_list *arguments)
{
	for (const char *f = format; *f; f++) {
		if (*f == '%' && f[1])
			f = print_one(f + 1, arguments);
		else
			arch_print_char(*f);
	}
}

void print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_list(format, &arguments);
	va_end(arguments);
}

void panic(const char *format, ...)
{
	va_list arguments;

	print("\npanic: ");
	va_start(arguments, format);
	print_list(format, &arguments);
	va_end(arguments);
	if (hart.current)
		print("\nrunning: thread %p tag %lx pc %lx", (void *)hart.current,
		      hart.current->tag, hart.current->frame.pc);
	print("\n");
	arch_power_off();
}

void trap_in_kernel(const struct trap_frame *f, u64 cause, u64 value)
{
	const u64 *word = (const u64 *)(const void *)f;

	print("\nkernel trap: cause %lx value %lx; registers:", cause, value);
	for (u32 i = 0; i < sizeof *f / sizeof *word; i++)
		print("%s%lx", i % 4 ? " " : "\n  ", word[i]);
	panic("trap in the kernel at %lx", f->pc);
}
