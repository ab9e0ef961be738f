// Signal names. The C library's table needs no locale.
#define _GNU_SOURCE
#include "signame.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int signal_number(const char *text)
{
    if (*text && text[strspn(text, "0123456789")] == 0)
        return strlen(text) < 4 && atoi(text) < 65 ? atoi(text) : -1;
    if (strncasecmp(text, "SIG", 3) == 0)
        text += 3;
    for (int sig = 1; sig < 32; sig++) {
        const char *name = sigabbrev_np(sig);
        if (name && strcasecmp(name, text) == 0)
            return sig;
    }
    return -1;
}

const char *signal_name(int sig, char *buffer)
{
    const char *name = sig > 0 && sig < 32 ? sigabbrev_np(sig) : NULL;
    if (name)
        return name;
    snprintf(buffer, 16, "%d", sig);
    return buffer;
}
