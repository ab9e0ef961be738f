// Messages and backslash escapes for the tools that live in the shell too.
#include "shared.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *shared_name = "";

void shared_warn(const char *fmt, ...)
{
    char text[512];
    va_list ap;
    int n = snprintf(text, sizeof text, "%.60s: ", shared_name);
    va_start(ap, fmt);
    int m = vsnprintf(text + n, sizeof text - n - 1, fmt, ap);
    va_end(ap);
    n += m < (int)sizeof text - n - 1 ? m : (int)sizeof text - n - 2;
    text[n++] = '\n';
    fflush(stdout);
    if (write(2, text, n) < 0)
        return;
}

static int octal(const char *s, int max, int *c)
{
    int n = 0;
    *c = 0;
    while (n < max && s[n] >= '0' && s[n] <= '7')
        *c = *c * 8 + s[n++] - '0';
    *c &= 255;
    return n;
}

int escape_scan(const char *s, int *c)
{
    static const char names[] = "abfnrtv\\", values[] = "\a\b\f\n\r\t\v\\";
    const char *at = *s ? strchr(names, *s) : NULL;
    if (at) {
        *c = values[at - names];
        return 1;
    }
    if (*s == 'c') {
        *c = -1;
        return 1;
    }
    if (*s >= '0' && *s <= '7')
        return octal(s, 3, c);
    return 0;
}
