// Messages, raising and leaving: see sh.h for what a raise means.
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sh.h"
#include "trap.h"

static void vwarn(const char *fmt, va_list ap)
{
    char text[512];
    int n = sh.interactive ? snprintf(text, sizeof text, "%.100s: ", sh.arg0)
                           : snprintf(text, sizeof text, "%.100s: %d: ", sh.arg0, sh.line);
    int m = vsnprintf(text + n, sizeof text - n - 1, fmt, ap);
    n += m < (int)sizeof text - n - 1 ? m : (int)sizeof text - n - 2;
    text[n++] = '\n';
    fflush(stdout);
    if (write(2, text, n) < 0)
        return;
}

void warn(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vwarn(fmt, ap);
    va_end(ap);
}

void raise_status(int status)
{
    sh.status = status;
    if (!sh.top)
        shell_exit(status);
    longjmp(*sh.top, 1);
}

void fail(int status, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vwarn(fmt, ap);
    va_end(ap);
    raise_status(status);
}

void shell_exit(int status)
{
    sh.status = status;
    sh.top = NULL;
    trap_run_exit();
    fflush(stdout);
    _exit(sh.status & 255);
}

const char *error_text(int err)
{
    const char *text = strerrordesc_np(err);
    return text ? text : "Unknown error";
}

static uintptr_t stack_limit(void)
{
    struct rlimit r;
    uintptr_t bytes = 512 * 1024;
    if (getrlimit(RLIMIT_STACK, &r) == 0 && r.rlim_cur != RLIM_INFINITY)
        bytes = r.rlim_cur / 2;
    return bytes < 4096 * 1024 ? bytes : 4096 * 1024;
}

// Called wherever the text of a script decides how deep the C stack gets. The limit is asked for
// only once 64 KiB are in use, so that ordinary scripts never make the call.
void stack_guard(void)
{
    static uintptr_t base, limit;
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    if (!base || here > base)
        base = here;
    if (base - here < 65536)
        return;
    if (!limit)
        limit = stack_limit();
    if (base - here > limit)
        fail(2, "nested too deeply");
}
