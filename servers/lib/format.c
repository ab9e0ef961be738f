/*
 * Text from a format, and the server's voice on the console.
 *
 * Conversions: %s %c %d %u %x %%, with l for 64 bits and a width that may begin
 * with 0.  No allocation; output is cut at the buffer's size.
 */
#include <stdarg.h>
#include "servers/lib/server.h"

#define PRINT_MAX 256 /* of MACHINE_PRINT and TERM_PRINT */

struct text {
	char *to;
	size_t size;
	size_t len;
};

static void put(struct text *t, char c)
{
	if (t->len + 1 < t->size)
		t->to[t->len++] = c;
}

static void put_padded(struct text *t, const char *s, size_t len, u32 width, char pad)
{
	for (; width > len; width--)
		put(t, pad);
	while (len-- > 0)
		put(t, *s++);
}

static void put_number(struct text *t, u64 value, u32 base, u32 width, char pad)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	put_padded(t, digits + at, sizeof(digits) - at, width, pad);
}

static void put_signed(struct text *t, s64 value, u32 width, char pad)
{
	if (value < 0) {
		put(t, '-');
		put_number(t, 0 - (u64)value, 10, width ? width - 1 : 0, pad);
	} else {
		put_number(t, (u64)value, 10, width, pad);
	}
}

/* One conversion behind a %; returns where the format goes on. */
static const char *put_conversion(struct text *t, const char *f, va_list *args)
{
	char pad = *f == '0' ? '0' : ' ';
	u32 width = 0;
	bool wide = false;
	const char *s;

	for (; *f >= '0' && *f <= '9'; f++)
		width = width * 10 + (u32)(*f - '0');
	for (; *f == 'l'; f++)
		wide = true;
	switch (*f) {
	case 's':
		s = va_arg(*args, const char *);
		put_padded(t, s, strlen(s), width, ' ');
		break;
	case 'c':
		put(t, (char)va_arg(*args, int));
		break;
	case 'd':
		put_signed(t, wide ? va_arg(*args, s64) : va_arg(*args, int), width, pad);
		break;
	case 'u':
	case 'x':
		put_number(t, wide ? va_arg(*args, u64) : va_arg(*args, u32), *f == 'u' ? 10 : 16,
			   width, pad);
		break;
	case 0:
		return f;
	default:
		put(t, *f);
	}
	return f + 1;
}

static s32 format_args(char *to, size_t size, const char *format, va_list *args)
{
	struct text t = {.to = to, .size = size};

	while (*format) {
		if (*format == '%')
			format = put_conversion(&t, format + 1, args);
		else
			put(&t, *format++);
	}
	if (size)
		to[t.len] = 0;
	return (s32)t.len;
}

s32 format_text(char *to, size_t size, const char *format, ...)
{
	va_list args;
	s32 len;

	va_start(args, format);
	len = format_args(to, size, format, &args);
	va_end(args);
	return len;
}

static void print_args(const char *format, va_list *args)
{
	char line[PRINT_MAX];
	u64 len = (u64)format_args(line, sizeof(line), format, args);

	door_print(line, len);
}

void server_print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_args(format, &args);
	va_end(args);
}

/* The fault goes to root, which restarts the server or ends the system. */
void server_panic(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_args(format, &args);
	va_end(args);
	__builtin_trap();
}
