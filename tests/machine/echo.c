// A program that calls a server itself: /dev/echo's descriptor is a session of servers/echo, so the
// call that Linux programs make without knowing it can also be made by hand (docs/add-a-server.md).
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "ipc/abi/message.h"
#include "ipc/proto/echo.h"

// The caller's stub repeats the call: ERETRY and ERESTARTNOINTR of ipc/abi/error.h.
enum { AFTER_FAULT = -600, AFTER_SIGNAL = -513 };

struct native {
    long label; // out: negative: an error
    long word[4];
    void *window;
    size_t len;
};

// `call` on a slot of the own capability space; what comes back overwrites m, but for "again".
static long native_once(long slot, struct native *m)
{
    register long a0 __asm__("a0") = m->word[0], a1 __asm__("a1") = m->word[1];
    register long a2 __asm__("a2") = m->word[2], a3 __asm__("a3") = m->word[3];
    register long a4 __asm__("a4") = 0, a5 __asm__("a5") = 0;
    register long a6 __asm__("a6") = slot, a7 __asm__("a7") = OP_CALL;
    register long t0 __asm__("t0") = (unsigned)m->label;
    register void *t1 __asm__("t1") = m->window;
    register size_t t2 __asm__("t2") = m->len;
    register long t3 __asm__("t3") = 0;
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5), "+r"(a6),
                       "+r"(a7), "+r"(t0), "+r"(t1), "+r"(t2), "+r"(t3)
                     :
                     : "t4", "t5", "t6", "ra", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8",
                       "s9", "s10", "s11", "memory"); // sp, gp and tp are kept
    if ((int)t0 == AFTER_FAULT || (int)t0 == AFTER_SIGNAL)
        return (int)t0;
    m->label = (int)t0;
    m->word[0] = a0, m->word[1] = a1, m->word[2] = a2, m->word[3] = a3;
    return m->label < 0 ? m->label : a0;
}

static long native_call(long slot, struct native *m)
{
    long result;
    do
        result = native_once(slot, m);
    while (result == AFTER_FAULT || result == AFTER_SIGNAL);
    return result;
}

static void words(int fd)
{
    struct native m = {.label = ECHO_WORDS, .word = {0, 20, 30, 40}};
    long n = native_call(fd, &m);
    printf("request %ld: %ld %ld %ld\n", n, m.word[1], m.word[2], m.word[3]);
}

static void bytes(int fd)
{
    char text[] = "hello";
    struct native m = {.label = ECHO_BYTES, .window = text, .len = sizeof text};
    long n = native_call(fd, &m);
    printf("%ld bytes: %s\n", n, text);
    m = (struct native){.label = ECHO_BYTES, .window = (void *)8, .len = 8};
    printf("bytes that are not there: %ld\n", native_call(fd, &m));
}

static void on_alarm(int sig)
{
    (void)sig;
}

static void after(int fd)
{
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval soon = {.it_value = {.tv_usec = 50000}};
    struct native m = {.label = ECHO_AFTER, .word = {1000}};
    printf("after a while: %ld\n", native_call(fd, &m));
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    m = (struct native){.label = ECHO_AFTER, .word = {1L << 60}};
    printf("a signal came: %s\n", strerror((int)-native_call(fd, &m)));
}

int main(void)
{
    struct native unknown = {.label = ECHO_OPERATIONS_END}, nobody = {.label = ECHO_WORDS};
    int fd = open("/dev/echo", O_RDWR), other = open("/dev/echo", O_RDWR);
    if (fd < 0 || other < 0) {
        perror("/dev/echo");
        return 1;
    }
    words(fd);
    words(fd);
    words(other);
    words(dup(other));
    bytes(fd);
    after(fd);
    printf("unknown operation: %s\n", strerror((int)-native_call(fd, &unknown)));
    close(other);
    printf("closed: %s\n", strerror((int)-native_call(other, &nobody)));
    printf("read: %zd %s\n", read(fd, &unknown, 1), strerror(errno));
    return 0;
}
