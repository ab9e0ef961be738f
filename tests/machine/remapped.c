// Memory that goes, or becomes another, while another thread's call waits for bytes there:
//
//     PLACE=n remapped CASE      prints what the waiting call returned, and who has the bytes
//
// Copies have just met the page, so that whoever remembers it has a chance to be wrong; PLACE
// (0 to 3) is that of the page among its neighbours, for what remembers few. Another process sees
// the page that was there, and says whether it was written to.
#define _GNU_SOURCE // ppoll
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#include "threads.h"

#define PAGE 4096
#define BYTES 8
#define COPIED 64
#define POLLED 16 // where a struct pollfd lies in the page
#define REVENTS (POLLED + offsetof(struct pollfd, revents))

static int ends[2], spare[2], told[2]; // a pipe; the other process waits for the end of this one
static char *page;
static ssize_t result;
static int error;
static pid_t other;

static void *in_read(void *arg)
{
    errno = 0;
    result = read(ends[0], page, BYTES);
    error = errno;
    return arg;
}

static pthread_t waits(void *(*f)(void *))
{
    pthread_t thread;
    if (start(&thread, f, NULL)) {
        puts("no thread");
        exit(1);
    }
    nap(20);
    write(spare[1], page + COPIED, BYTES); // both kinds of copies meet the page
    read(spare[0], page + COPIED, BYTES);
    return thread;
}

static char *page_at(int flags)
{
    const char *place = getenv("PLACE");
    char *area = mmap(NULL, 8 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    area += (PAGE * (place ? atoi(place) : 0) - (uintptr_t)area) % (4 * PAGE);
    return mmap(area, PAGE, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_ANONYMOUS | flags, -1, 0);
}

// The other process shares the page, and looks when it is told.
static void begin(void)
{
    page = page_at(MAP_SHARED);
    strcpy(page, "before");
    if (pipe(ends) < 0 || pipe(spare) < 0 || pipe(told) < 0)
        exit(1);
    other = fork();
    if (other == 0) {
        char byte;
        close(told[1]);
        read(told[0], &byte, 1);
        printf("the other sees %.8s %d\n", page, page[REVENTS]);
        exit(0);
    }
    memcpy(page, "original", BYTES);
}

static void end(const char *what)
{
    close(told[1]);
    waitpid(other, NULL, 0);
    printf("%s: %zd%s%s\n", what, result, error ? " " : "", error ? strerror(error) : "");
}

static void written_and_kept(pthread_t thread)
{
    char bytes[BYTES + 1] = "";
    write(ends[1], "newbytes", BYTES);
    pthread_join(thread, NULL);
    end("read");
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    ssize_t n = read(ends[0], bytes, BYTES);
    printf("%zd kept%s%s\n", n, n > 0 ? " " : "", bytes);
}

static void unmapped(void)
{
    begin();
    pthread_t thread = waits(in_read);
    munmap(page, PAGE);
    written_and_kept(thread);
}

static void protected(void)
{
    begin();
    pthread_t thread = waits(in_read);
    mprotect(page, PAGE, PROT_READ);
    written_and_kept(thread);
}

static void replaced(void)
{
    begin();
    pthread_t thread = waits(in_read);
    mmap(page, PAGE, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    written_and_kept(thread);
    printf("here %.8s\n", page);
}

// The page is private, so both have it until one of them writes.
static void shared_by_fork(void)
{
    begin();
    close(told[1]);
    waitpid(other, NULL, 0);
    page = page_at(MAP_PRIVATE);
    memcpy(page, "original", BYTES);
    pthread_t thread = waits(in_read);
    pipe(told);
    other = fork();
    if (other == 0) {
        char byte;
        close(told[1]);
        read(told[0], &byte, 1);
        printf("the child sees %.8s\n", page);
        exit(0);
    }
    write(ends[1], "newbytes", BYTES);
    pthread_join(thread, NULL);
    end("read");
    printf("here %.8s\n", page);
}

static void *in_write(void *arg)
{
    errno = 0;
    result = write(ends[1], page, PAGE);
    error = errno;
    return arg;
}

// What waits to be written goes: none of it is read, or as much as the call says.
static void source_unmapped(void)
{
    static char bytes[PAGE];
    ssize_t n, old = 0;
    begin();
    memset(page, 'S', PAGE);
    memset(bytes, 'x', PAGE);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], bytes, PAGE) == PAGE)
        ;
    fcntl(ends[1], F_SETFL, 0);
    pthread_t thread = waits(in_write);
    munmap(page, PAGE);
    read(ends[0], bytes, PAGE);
    read(ends[0], bytes, PAGE);
    pthread_join(thread, NULL);
    end("write");
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    while ((n = read(ends[0], bytes, PAGE)) > 0)
        for (ssize_t i = 0; i < n; i++)
            old += bytes[i] == 'S';
    printf("%zd of them read\n", old);
}

static void *in_poll(void *arg)
{
    struct pollfd *p = (void *)(page + POLLED);
    errno = 0;
    result = ppoll(p, 1, NULL, NULL);
    error = errno;
    return arg;
}

static void poll_unmapped(void)
{
    begin();
    *(struct pollfd *)(void *)(page + POLLED) = (struct pollfd){.fd = ends[0], .events = POLLIN};
    pthread_t thread = waits(in_poll);
    munmap(page, PAGE);
    write(ends[1], "newbytes", BYTES);
    pthread_join(thread, NULL);
    end("ppoll");
}

static const struct thread_case cases[] = {{"unmapped", unmapped},
                                           {"protected", protected},
                                           {"replaced", replaced},
                                           {"shared_by_fork", shared_by_fork},
                                           {"source_unmapped", source_unmapped},
                                           {"poll_unmapped", poll_unmapped},
                                           {NULL, NULL}};

int main(int argc, char **argv)
{
    return run_case(cases, argc, argv);
}
