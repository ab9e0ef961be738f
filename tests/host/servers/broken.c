/* A promise that is broken ends the test. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>

void sim_broken(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    fputs("broken: ", stderr);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
    abort();
}
