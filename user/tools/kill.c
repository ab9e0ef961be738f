// kill
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared.h"
#include "signame.h"

static int list_all(void)
{
    char buffer[16];
    for (int sig = 1; sig < 32; sig++)
        printf("%s%c", signal_name(sig, buffer), sig % 8 && sig < 31 ? ' ' : '\n');
    return 0;
}

// kill -l STATUS: the name of the signal behind it.
static int list(int argc, char **argv)
{
    char buffer[16];
    int status = 0;
    if (argc == 2)
        return list_all();
    for (int i = 2; i < argc; i++) {
        int number = atoi(argv[i]);
        int sig = number ? number & 127 : signal_number(argv[i]);
        if (sig <= 0) {
            shared_warn("%.60s: invalid signal", argv[i]);
            status = 1;
        } else if (number) {
            puts(signal_name(sig, buffer));
        } else {
            printf("%d\n", sig);
        }
    }
    return status;
}

// The signal of -9, -KILL, -s KILL, -n 9; *i moves past it. -1: unknown.
static int choose(int argc, char **argv, int *i)
{
    if (*i >= argc || argv[*i][0] != '-' || !argv[*i][1])
        return SIGTERM;
    const char *text = argv[(*i)++] + 1;
    if ((strcmp(text, "s") == 0 || strcmp(text, "n") == 0) && *i < argc)
        text = argv[(*i)++];
    if (strcmp(text, "-") == 0)
        return SIGTERM;
    int sig = signal_number(text);
    if (sig < 0)
        shared_warn("%.60s: invalid signal", text);
    return sig;
}

static int send(const char *who, int sig)
{
    char *end;
    long pid = strtol(who, &end, 10);
    if (end == who || *end) {
        shared_warn("%.60s: invalid process id", who);
        return 1;
    }
    if (kill((pid_t)pid, sig) == 0)
        return 0;
    const char *why = strerrordesc_np(errno);
    shared_warn("%.60s: %s", who, why ? why : "error");
    return 1;
}

int tool_kill(int argc, char **argv)
{
    int i = 1, status = 0;
    if (argc > 1 && strcmp(argv[1], "-l") == 0)
        return list(argc, argv);
    int sig = choose(argc, argv, &i);
    if (sig < 0)
        return 2;
    if (i < argc && strcmp(argv[i], "--") == 0)
        i++;
    if (i >= argc) {
        shared_warn("usage: kill [-s SIGNAL] PID...");
        return 2;
    }
    for (; i < argc; i++)
        status |= send(argv[i], sig);
    return status;
}
