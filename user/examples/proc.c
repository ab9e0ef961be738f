// Reading /proc: processes and numbers as any program can see them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "examples.h"

int process_read(pid_t pid, struct process *p)
{
    char path[32], line[512];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    if (!f)
        return -1;
    char *got = fgets(line, sizeof line, f);
    fclose(f);
    // "PID (NAME) STATE PARENT ...": a name may hold blanks and brackets, so look for the last one.
    char *open = got ? strchr(line, '(') : NULL;
    char *close = got ? strrchr(line, ')') : NULL;
    if (!open || !close || close < open)
        return -1;
    p->pid = pid;
    *close = '\0';
    snprintf(p->name, sizeof p->name, "%.31s", open + 1);
    return sscanf(close + 1, " %c %d", &p->state, &p->parent) == 2 ? 0 : -1;
}

long proc_number(const char *file, const char *key)
{
    char line[256];
    long found = -1;
    FILE *f = fopen(file, "r");
    if (!f)
        return -1;
    while (found < 0 && fgets(line, sizeof line, f))
        if (strncmp(line, key, strlen(key)) == 0)
            found = strtol(line + strlen(key), NULL, 10);
    fclose(f);
    return found;
}
