// Signals and processes of many threads: who stops, who takes one, who is cancelled.
//
//     thread_signals CASE      prints what it saw
#define _GNU_SOURCE // gettid, tgkill
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "threads.h"

static volatile unsigned long *counts;

static void *count(void *arg)
{
    for (;;)
        counts[(intptr_t)arg]++;
    return NULL;
}

static void look(unsigned long seen[3])
{
    for (int i = 0; i < 3; i++)
        seen[i] = counts[i];
}

static int moved(const unsigned long a[3], const unsigned long b[3])
{
    return (a[0] != b[0]) + (a[1] != b[1]) + (a[2] != b[2]);
}

static void stopped(void)
{
    unsigned long a[3], b[3];
    int status;
    counts = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = fork();
    if (pid == 0) {
        start_or_end(count, (void *)1);
        start_or_end(count, (void *)2);
        count((void *)0);
    }
    nap(200);
    for (int i = 0; i < 2; i++) {
        kill(pid, SIGSTOP);
        waitpid(pid, &status, WUNTRACED);
        printf("stopped %d, ", WIFSTOPPED(status));
        look(a);
        nap(100);
        look(b);
        printf("%d move; ", moved(a, b));
        kill(pid, SIGCONT);
        waitpid(pid, &status, WCONTINUED);
        nap(300);
        look(a);
        printf("continued %d, %d move\n", WIFCONTINUED(status), moved(a, b));
    }
    kill(pid, SIGSTOP);
    kill(pid, SIGKILL);
    show_end(pid);
}

static void *take_signal(void *arg)
{
    sigset_t set;
    int number = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigwait(&set, &number);
    *(int *)arg = number;
    return NULL;
}

static volatile sig_atomic_t alarms;
static volatile pid_t alarmed;

static void on_alarm(int number)
{
    (void)number;
    alarms++;
    alarmed = gettid();
}

static void *take_alarms(void *arg)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    return wait_for_good(arg);
}

static void taken_by_another(void)
{
    struct itimerval soon = {.it_value = {0, 20000}, .it_interval = {0, 20000}};
    int number = 0;
    pthread_t thread;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGALRM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    start(&thread, take_signal, &number);
    kill(getpid(), SIGUSR1);
    pthread_join(thread, NULL);
    printf("sigwait %d\n", number == SIGUSR1);

    signal(SIGALRM, on_alarm);
    start(&thread, take_alarms, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    while (alarms < 3)
        nap(5);
    printf("alarms by another %d\n", alarmed != getpid());
}

static void *tell_tid(void *arg)
{
    *(pid_t *)arg = gettid();
    return wait_for_good(NULL);
}

static void cancelled(void)
{
    pthread_t thread[3];
    pid_t tid = 0;
    void *result;
    for (int i = 0; i < 3; i++)
        start(&thread[i], i ? tell_tid : in_sleep, &tid);
    nap(20);
    for (int i = 0; i < 3; i++) {
        pthread_cancel(thread[i]);
        pthread_join(thread[i], &result);
        if (result != PTHREAD_CANCELED)
            puts("not cancelled");
    }
    puts("cancelled");
    printf("tgkill of an ended thread: %ld", syscall(SYS_tgkill, getpid(), tid, 0));
    printf(" %d\n", errno == ESRCH);
}

static const struct thread_case cases[] = {
    {"stopped", stopped},
    {"taken_by_another", taken_by_another},
    {"cancelled", cancelled},
    {NULL, NULL},
};

int main(int argc, char **argv)
{
    return run_case(cases, argc, argv);
}
