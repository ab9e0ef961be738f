// What the system says of itself: uname, page size, the auxiliary vector, riscv_hwprobe, prctl.
#include "test.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

static void names(void)
{
    struct utsname name;
    int major = 0, minor = 0;
    show("uname", uname(&name));
    say("system %s", name.sysname);
    say("machine %s", name.machine);
    sscanf(name.release, "%d.%d", &major, &minor);
    say("release at least 4.15: %d", major * 100 + minor >= 415);
    say("a version %d, a node %d", name.version[0] != 0, name.nodename[0] != 0);
}

static void host_name(void)
{
    char name[65] = "";
    struct utsname u;
    show("gethostname", gethostname(name, sizeof name));
    uname(&u);
    say("the same as uname's %d", strcmp(u.nodename, name) == 0);
}

static void auxiliary_vector(void)
{
    say("page size %ld", getauxval(AT_PAGESZ));
    say("clock ticks %ld", getauxval(AT_CLKTCK));
    say("uid %ld %ld gid %ld %ld", getauxval(AT_UID), getauxval(AT_EUID), getauxval(AT_GID),
        getauxval(AT_EGID));
    say("secure %ld", getauxval(AT_SECURE));
    say("program headers %d of %ld bytes", getauxval(AT_PHDR) != 0, getauxval(AT_PHENT));
    say("entry %d, random bytes %d", getauxval(AT_ENTRY) != 0, getauxval(AT_RANDOM) != 0);
    const char *file = (const char *)getauxval(AT_EXECFN);
    say("file name %d", file != NULL && strstr(file, "linuxtest") != NULL);
    unsigned long caps = getauxval(AT_HWCAP);
    say("I %ld M %ld A %ld F %ld D %ld C %ld", caps >> 8 & 1, caps >> 12 & 1, caps >> 0 & 1,
        caps >> 5 & 1, caps >> 3 & 1, caps >> 2 & 1);
}

static void hardware_probe(void)
{
    struct {
        long key;
        unsigned long value;
    } pair = {4, 0};
    long result = syscall(258, &pair, 1, 0, NULL, 0);
    say("works or ENOSYS: %d", result == 0 || errno == ENOSYS);
    show("flags", result == 0 || errno == ENOSYS);
}

static void process_name(void)
{
    char name[17] = "----------------";
    show("set", prctl(PR_SET_NAME, "short"));
    show("get", prctl(PR_GET_NAME, name));
    say("%s", name);
    prctl(PR_SET_NAME, "exactly fifteen");
    prctl(PR_GET_NAME, name);
    say("%s", name);
    prctl(PR_SET_NAME, "sixteen and more is cut");
    prctl(PR_GET_NAME, name);
    say("%s", name);
    show("unknown", prctl(9999, 0));
    show("dumpable", prctl(PR_GET_DUMPABLE));
    show("death signal", prctl(PR_SET_PDEATHSIG, 99));
}

const struct test tests_uname[] = {
    {"names", names},
    {"host_name", host_name},
    {"auxiliary_vector", auxiliary_vector},
    {"hardware_probe", hardware_probe},
    {"process_name", process_name},
    {NULL, NULL},
};
