// Protection and faults: what raises SIGSEGV, SIGBUS, SIGILL, SIGFPE or SIGTRAP, with which
// code and address, and how a handler mends it.
#include "test.h"

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE, ANON = MAP_PRIVATE | MAP_ANONYMOUS };

static sigjmp_buf back;
static char *expected;

static void caught(int number, siginfo_t *info, void *context)
{
    (void)context;
    say("%s code %d, the right address %d", signal_text(number), info->si_code,
        info->si_addr == expected);
    siglongjmp(back, 1);
}

static void catch_all(void)
{
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP};
    struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, NULL);
}

static void try_read(const char *what, char *p)
{
    expected = p;
    if (sigsetjmp(back, 1) == 0)
        say("%s: read %d", what, *(volatile char *)p);
    else
        say("%s: cannot read", what);
}

static void try_write(const char *what, char *p)
{
    expected = p;
    if (sigsetjmp(back, 1) == 0) {
        *(volatile char *)p = 1;
        say("%s: written", what);
    } else {
        say("%s: cannot write", what);
    }
}

static void try_run(const char *what, char *p)
{
    expected = p;
    if (sigsetjmp(back, 1) == 0) {
        ((void (*)(void))(uintptr_t)p)();
        say("%s: ran", what);
    } else {
        say("%s: cannot run", what);
    }
}

static void write_return(char *p)
{
    const uint32_t ret = 0x00008067;
    memcpy(p, &ret, sizeof ret);
    __builtin___clear_cache(p, p + sizeof ret);
}

static void not_mapped(void)
{
    catch_all();
    try_read("null", NULL);
    try_write("null", NULL);
    try_run("null", NULL);
    char *p = mmap(NULL, PAGE, RW, ANON, -1, 0);
    munmap(p, PAGE);
    try_read("unmapped", p + 123);
    try_write("unmapped", p + 123);
    try_read("upper half", (char *)0xffffffff80000000);
}

static void protections(void)
{
    char *p = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0);
    catch_all();
    write_return(p);
    p[PAGE] = 1;
    show("read only", mprotect(p, PAGE, PROT_READ));
    try_read("r--", p + 4);
    try_write("r--", p + 5);
    try_run("r--", p);
    show("no access", mprotect(p, PAGE, PROT_NONE));
    try_read("---", p + 6);
    try_write("---", p + 7);
    show("read and run", mprotect(p, PAGE, PROT_READ | PROT_EXEC));
    try_run("r-x", p);
    try_write("r-x", p + 8);
    show("all", mprotect(p, PAGE, RW | PROT_EXEC));
    try_run("rwx", p);
    try_write("rwx", p + 9);
    show("only execute", mprotect(p, PAGE, PROT_EXEC));
    try_run("--x", p);
    try_read("the next page was not touched", p + PAGE);
}

static void protect_errors(void)
{
    char *p = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0);
    show("not aligned", mprotect(p + 1, PAGE, PROT_READ));
    show("length 0", mprotect(p, 0, PROT_NONE));
    show("unknown protection", mprotect(p, PAGE, 0x1000000));
    munmap(p + PAGE, PAGE);
    show("a hole", mprotect(p, 4 * PAGE, PROT_READ));
    show("not mapped", mprotect(p + PAGE, PAGE, PROT_READ));
    catch_all();
    try_write("before the hole: done", p);
    try_write("behind it: not", p + 2 * PAGE);
}

static void middle_of_a_mapping(void)
{
    char *p = mmap(NULL, 5 * PAGE, RW, ANON, -1, 0);
    memset(p, 3, 5 * PAGE);
    catch_all();
    show("middle", mprotect(p + 2 * PAGE, PAGE, PROT_READ));
    try_write("before", p + PAGE);
    try_write("middle", p + 2 * PAGE);
    try_write("behind", p + 3 * PAGE);
    try_read("contents", p + 2 * PAGE + 1);
    show("back", mprotect(p, 5 * PAGE, RW));
    try_write("middle", p + 2 * PAGE);
    try_read("contents", p + 2 * PAGE + 1);
}

static char *mend_page;

static void mend(int number)
{
    (void)number;
    notes++;
    mprotect(mend_page, PAGE, RW);
}

static void a_handler_mends(void)
{
    mend_page = mmap(NULL, PAGE, PROT_NONE, ANON, -1, 0);
    handle(SIGSEGV, mend, 0);
    ((volatile char *)mend_page)[5] = 42;
    say("written after %d fault: %d", notes, mend_page[5]);
}

static void skip(int number, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    uintptr_t pc = uc->uc_mcontext.__gregs[REG_PC];
    say("%s code %d, at the instruction %d", signal_text(number), info->si_code,
        (uintptr_t)info->si_addr == pc);
    uc->uc_mcontext.__gregs[REG_PC] += 4;
}

static void bad_instructions(void)
{
    struct sigaction action = {.sa_sigaction = skip, .sa_flags = SA_SIGINFO};
    sigaction(SIGILL, &action, NULL);
    sigaction(SIGTRAP, &action, NULL);
    asm volatile(".word 0xffffffff");
    say("went on behind it");
    asm volatile(".option push\n.option norvc\nebreak\n.option pop");
    say("went on behind it");
    asm volatile("csrr x0, sstatus");
    say("went on behind it");
}

static void dies_in_child(const char *what, void (*f)(void))
{
    pid_t pid = fork_test();
    if (pid == 0) {
        f();
        _exit(0);
    }
    show_child(what, pid);
}

static char *volatile null_page = (char *)8;

static void read_null(void)
{
    (void)*(volatile char *)null_page;
}

static void blocked_fault(void)
{
    sigset_t set;
    handle(SIGSEGV, note, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGSEGV);
    sigprocmask(SIG_BLOCK, &set, NULL);
    read_null();
}

static void ignored_fault(void)
{
    signal(SIGSEGV, SIG_IGN);
    read_null();
}

static void fault_in_handler(int number)
{
    (void)number;
    read_null();
}

static void nested_fault(void)
{
    handle(SIGSEGV, fault_in_handler, 0);
    read_null();
}

static void sent_and_ignored(void)
{
    signal(SIGSEGV, SIG_IGN);
    raise(SIGSEGV);
    _exit(7);
}

static void faults_that_kill(void)
{
    dies_in_child("default", read_null);
    dies_in_child("blocked", blocked_fault);
    dies_in_child("ignored", ignored_fault);
    dies_in_child("in its own handler", nested_fault);
    dies_in_child("sent by raise and ignored", sent_and_ignored);
}

static void program_text_is_read_only(void)
{
    catch_all();
    try_write("text", (char *)(uintptr_t)program_text_is_read_only);
    static const char constant[] = "constant";
    try_write("constant", (char *)(uintptr_t)constant);
    static char data[64] = "data";
    try_run("data", data);
}

const struct test tests_protect[] = {
    {"not_mapped", not_mapped},
    {"protections", protections},
    {"protect_errors", protect_errors},
    {"middle_of_a_mapping", middle_of_a_mapping},
    {"a_handler_mends", a_handler_mends},
    {"bad_instructions", bad_instructions},
    {"faults_that_kill", faults_that_kill},
    {"program_text_is_read_only", program_text_is_read_only},
    {NULL, NULL},
};
