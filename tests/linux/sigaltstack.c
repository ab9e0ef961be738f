// The alternate signal stack: where handlers run when the ordinary one is used up.
#include "test.h"

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static char stack[65536];
static sigjmp_buf back;

static void use_stack(void)
{
    stack_t s = {.ss_sp = stack, .ss_size = sizeof stack};
    if (sigaltstack(&s, NULL) < 0)
        give_up("sigaltstack");
}

static bool on_stack(void)
{
    char here;
    uintptr_t p = (uintptr_t)&here;
    return p >= (uintptr_t)stack && p < (uintptr_t)stack + sizeof stack;
}

static void where(int number)
{
    stack_t old, new = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(NULL, &old);
    say("%s: on it %d, flags %d", signal_text(number), on_stack(), old.ss_flags);
    if (on_stack())
        show("changing it now", sigaltstack(&new, NULL));
}

static void setting(void)
{
    stack_t s = {.ss_sp = stack, .ss_size = sizeof stack}, old;
    show("at first", sigaltstack(NULL, &old));
    say("flags %d size %zu", old.ss_flags, old.ss_size);
    show("set", sigaltstack(&s, NULL));
    sigaltstack(NULL, &old);
    say("flags %d size %zu the same %d", old.ss_flags, old.ss_size, old.ss_sp == stack);
    s.ss_size = 100;
    show("too small", sigaltstack(&s, NULL));
    s.ss_flags = 77;
    show("bad flags", sigaltstack(&s, NULL));
    s.ss_flags = SS_DISABLE;
    show("disable", sigaltstack(&s, NULL));
    sigaltstack(NULL, &old);
    say("flags %d", old.ss_flags);
}

static void which_handlers_use_it(void)
{
    use_stack();
    handle(SIGUSR1, where, SA_ONSTACK);
    handle(SIGUSR2, where, 0);
    raise(SIGUSR1);
    raise(SIGUSR2);
    stack_t old;
    sigaltstack(NULL, &old);
    say("afterwards: flags %d, on it %d", old.ss_flags, on_stack());
}

static void without_one(void)
{
    handle(SIGUSR1, where, SA_ONSTACK);
    raise(SIGUSR1);
}

static void inherited(void)
{
    stack_t old;
    use_stack();
    handle(SIGUSR1, where, SA_ONSTACK);
    pid_t pid = fork_test();
    if (pid == 0) {
        sigaltstack(NULL, &old);
        say("child: size %zu", old.ss_size);
        raise(SIGUSR1);
        _exit(0);
    }
    show_child("child", pid);
}

static volatile int deepest = 1 << 30; // never reached

static int recurse(int depth)
{
    volatile char room[1024];
    memset((char *)room, depth, sizeof room);
    if (depth == deepest)
        return 0;
    return recurse(depth + 1) + room[depth % 1024];
}

static void overflowed(int number)
{
    say("%s, on the stack %d", signal_text(number), on_stack());
    siglongjmp(back, 1);
}

static void small_stack(void)
{
    struct rlimit limit = {1 << 20, RLIM_INFINITY};
    setrlimit(RLIMIT_STACK, &limit);
}

static void overflow_is_caught(void)
{
    small_stack();
    use_stack();
    handle(SIGSEGV, overflowed, SA_ONSTACK);
    if (sigsetjmp(back, 1) == 0)
        recurse(0);
    say("and it goes on");
}

static void overflow_without_one_kills(void)
{
    pid_t pid = fork_test();
    if (pid == 0) {
        small_stack();
        handle(SIGSEGV, note, 0);
        _exit(recurse(0));
    }
    show_child("the frame has no place", pid);
}

const struct test tests_sigaltstack[] = {
    {"setting", setting},
    {"which_handlers_use_it", which_handlers_use_it},
    {"without_one", without_one},
    {"inherited", inherited},
    {"overflow_is_caught", overflow_is_caught},
    {"overflow_without_one_kills", overflow_without_one_kills},
    {NULL, NULL},
};
