// Signals: handlers, masks, pending ones, default actions, the flags of sigaction.
#include "test.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static void a_handler_runs(void)
{
    handle(SIGUSR1, note, 0);
    show("kill", kill(getpid(), SIGUSR1));
    say("handled %d %s", notes, signal_text(noted));
    show("raise", raise(SIGUSR1));
    show("handled", notes);
    show("tgkill", syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1));
    show("handled", notes);
    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    show("ignored", notes);
}

static void default_actions(void)
{
    for (int number = 1; number < 32; number++) {
        int status = 0;
        pid_t pid = fork_test();
        if (pid == 0) {
            raise(number);
            _exit(0);
        }
        waitpid(pid, &status, WUNTRACED);
        say("%2d %s", number, status_text(status));
        if (WIFSTOPPED(status)) {
            kill(pid, SIGCONT);
            show_child("continued", pid);
        }
    }
}

static void blocked_ones_wait(void)
{
    sigset_t set, pending;
    handle(SIGUSR1, note, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    raise(SIGUSR1);
    show("blocked", notes);
    show("sigpending", sigpending(&pending));
    say("USR1 %d USR2 %d", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGUSR2));
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    show("sent twice, handled", notes);
    sigpending(&pending);
    show("pending", sigismember(&pending, SIGUSR1));
}

static void realtime_ones_queue(void)
{
    sigset_t set;
    handle(SIGRTMIN + 1, note, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (int i = 0; i < 3; i++)
        raise(SIGRTMIN + 1);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    show("sent three times, handled", notes);
}

static void mask_errors(void)
{
    sigset_t set, old;
    sigfillset(&set);
    show("block all", sigprocmask(SIG_BLOCK, &set, NULL));
    sigprocmask(SIG_BLOCK, NULL, &old);
    say("KILL %d STOP %d TERM %d", sigismember(&old, SIGKILL), sigismember(&old, SIGSTOP),
        sigismember(&old, SIGTERM));
    show("bad how", sigprocmask(77, &set, NULL));
    show("bad how without a set", sigprocmask(77, NULL, &old));
    show("bad size", syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 16));
    sigemptyset(&set);
    show("set", sigprocmask(SIG_SETMASK, &set, &old));
    show("TERM was blocked", sigismember(&old, SIGTERM));
}

static void action_errors(void)
{
    struct sigaction action = {.sa_handler = note}, old;
    show("SIGKILL", sigaction(SIGKILL, &action, NULL));
    show("SIGSTOP", sigaction(SIGSTOP, &action, NULL));
    show("asking is allowed", sigaction(SIGKILL, NULL, &old));
    show("0", sigaction(0, &action, NULL));
    show("65", sigaction(65, &action, NULL));
    show("64", sigaction(64, &action, NULL));
    show("bad size", syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 16));
    action.sa_flags = SA_RESTART | SA_NODEFER;
    sigaddset(&action.sa_mask, SIGHUP);
    sigaddset(&action.sa_mask, SIGKILL);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR1, NULL, &old);
    say("flags 0x%x handler %d HUP %d KILL %d", old.sa_flags, old.sa_handler == note,
        sigismember(&old.sa_mask, SIGHUP), sigismember(&old.sa_mask, SIGKILL));
}

static volatile int depth, deepest;

static void nested(int number)
{
    sigset_t set;
    depth++;
    deepest = depth > deepest ? depth : deepest;
    if (notes++ < 2)
        raise(number);
    sigprocmask(SIG_BLOCK, NULL, &set);
    say("in the handler: USR1 %d USR2 %d", sigismember(&set, SIGUSR1), sigismember(&set, SIGUSR2));
    depth--;
}

static void masks_in_handlers(void)
{
    struct sigaction action = {.sa_handler = nested};
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    show("its own signal waits: deepest", deepest);
    notes = deepest = 0;
    action.sa_flags = SA_NODEFER;
    sigaddset(&action.sa_mask, SIGUSR2);
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    show("SA_NODEFER: deepest", deepest);
    sigset_t set;
    sigprocmask(SIG_BLOCK, NULL, &set);
    say("after: USR1 %d USR2 %d", sigismember(&set, SIGUSR1), sigismember(&set, SIGUSR2));
}

static void reset_after_one(void)
{
    struct sigaction old;
    handle(SIGUSR1, note, SA_RESETHAND);
    raise(SIGUSR1);
    sigaction(SIGUSR1, NULL, &old);
    say("handled %d, default again %d", notes, old.sa_handler == SIG_DFL);
}

static void informed(int number, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    say("%s code %d, from this process %d, uid %d, mask saved %d", signal_text(number),
        info->si_code, info->si_pid == getpid(), info->si_uid,
        sigismember(&uc->uc_sigmask, SIGUSR2));
}

static void information(void)
{
    struct sigaction action = {.sa_sigaction = informed, .sa_flags = SA_SIGINFO};
    sigset_t set;
    sigaction(SIGUSR1, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGUSR1);
    syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1);
    union sigval value = {.sival_int = 42};
    show("sigqueue", sigqueue(getpid(), SIGUSR1, value));
    pid_t pid = fork_test();
    if (pid == 0)
        _exit(kill(getppid(), SIGUSR1) < 0);
    show_child("from a child", pid);
}

static void order_of_many(void)
{
    sigset_t set;
    int numbers[] = {SIGTERM, SIGUSR2, SIGHUP, SIGUSR1};
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (int i = 0; i < 4; i++)
        raise(numbers[i]);
    siginfo_t info;
    for (int i = 0; i < 4; i++)
        say("%s", signal_text(sigwaitinfo(&set, &info)));
}

static sigjmp_buf back;

static void jump(int number)
{
    siglongjmp(back, number);
}

static void jumping_out(void)
{
    sigset_t set;
    handle(SIGUSR1, jump, 0);
    int came = sigsetjmp(back, 1);
    if (came == 0)
        raise(SIGUSR1);
    say("came back by %s", signal_text(came));
    sigprocmask(SIG_BLOCK, NULL, &set);
    show("mask restored", sigismember(&set, SIGUSR1));
}

static void spoil(int number)
{
    volatile double x = number * 3.25;
    for (int i = 0; i < 100; i++)
        x = x * 1.5 - i;
    notes++;
}

static void registers_survive(void)
{
    volatile double one = 1.5, two = 2.25; // volatile: nothing is computed in advance
    double a = one, b = two, c = 0;
    handle(SIGUSR1, spoil, 0);
    pid_t parent = getpid(), pid = fork_test();
    if (pid == 0) {
        for (int i = 0; i < 20; i++) {
            kill(parent, SIGUSR1);
            sleep_ms(2);
        }
        _exit(0);
    }
    long rounds = 0;
    int status;
    for (; waitpid(pid, &status, WNOHANG) != pid; rounds++)
        for (int i = 0; i < 1000; i++)
            c += a * b - 3.375;
    say("interrupted %d, exact %d", notes > 0, c == 0 && rounds >= 0);
}

// The frame lies anywhere on the stack, across pages and on some that nobody has touched yet.
static long handled_at_depth(int depth, double *sum)
{
    volatile char room[16 * 67];
    volatile double half = 0.5;
    double kept = half * depth;
    room[0] = 1;
    raise(SIGUSR1);
    *sum += kept - half * depth;
    return depth ? handled_at_depth(depth - 1, sum) + room[0] : room[0];
}

static void frames_at_every_depth(void)
{
    double sum = 0;
    handle(SIGUSR1, spoil, 0);
    long depths = handled_at_depth(299, &sum);
    say("depths %ld, handled %d, exact %d", depths, notes, sum == 0);
}

// What a handler changes in its context is what the program goes on with.
static void change(int number, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    (void)number;
    (void)info;
    u->uc_mcontext.__gregs[REG_S0 + 1] = 77;                 // s1
    u->uc_mcontext.__fpregs.__d.__f[9] = 0x4000000000000000; // fs1 = 2.0
    sigaddset(&u->uc_sigmask, SIGUSR2);
}

static void handlers_change_registers(void)
{
    struct sigaction act = {.sa_sigaction = change, .sa_flags = SA_SIGINFO};
    sigset_t now;
    long number;
    double value;
    sigaction(SIGUSR1, &act, NULL);
    register long a0 __asm__("a0") = getpid();
    register long a1 __asm__("a1") = SIGUSR1;
    register long a7 __asm__("a7") = SYS_kill;
    __asm__ volatile("fmv.d.x fs1, zero\n\tli s1, 5\n\tecall\n\tmv %1, s1\n\tfmv.d %2, fs1"
                     : "+r"(a0), "=&r"(number), "=&f"(value)
                     : "r"(a1), "r"(a7)
                     : "s1", "fs1", "memory");
    sigprocmask(SIG_BLOCK, NULL, &now);
    say("result %ld, s1 %ld, fs1 %d, blocked %d", a0, number, (int)value,
        sigismember(&now, SIGUSR2));
}

const struct test tests_signals[] = {
    {"a_handler_runs", a_handler_runs},
    {"default_actions", default_actions},
    {"blocked_ones_wait", blocked_ones_wait},
    {"realtime_ones_queue", realtime_ones_queue},
    {"mask_errors", mask_errors},
    {"action_errors", action_errors},
    {"masks_in_handlers", masks_in_handlers},
    {"reset_after_one", reset_after_one},
    {"information", information},
    {"order_of_many", order_of_many},
    {"jumping_out", jumping_out},
    {"registers_survive", registers_survive},
    {"frames_at_every_depth", frames_at_every_depth},
    {"handlers_change_registers", handlers_change_registers},
    {NULL, NULL},
};
