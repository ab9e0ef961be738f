/*
 * The simulated machine below the kernel: what kernel/arch.h asks for, and the way in and out.
 *
 * The one idea: the kernel never returns to a program, so whatever would (arch_resume, arch_wait
 * without an event to come) is a jump back to the test.
 */
#include "tests/host/host.h"

#include "kernel/ledger.h"
#include "kernel/print.h"
#include "kernel/sched.h"
#include "kernel/trap.h"
#include "tests/kernel/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FS_MASK (3ul << 13) /* of the status: the floating point unit is on */
#define FS_CLEAN (2ul << 13)
#define FS_DIRTY (3ul << 13)

u8 host_ram[HOST_RAM_BYTES] __attribute__((aligned(4096)));
u64 host_time, host_cycles, host_entries, host_enabled, host_claimed;
u64 host_deadline = ~0ull;
bool host_off, host_panics;
struct fpu_state host_fpu;
err_t (*host_other_machine)(struct machine_info *m);
u64 host_direct_end = 254ul << 18;
static jmp_buf out;

static char console[4096];
static u32 console_len;

/* --- The console, and the end --------------------------------------------------------- */

void arch_print_char(char c)
{
    if (console_len < sizeof(console) - 1)
        console[console_len++] = c;
}

const char *host_console(void)
{
    console[console_len] = 0;
    console_len = 0;
    return console;
}

void host_broken(const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "%s\nbroken: ", host_console());
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n");
    abort();
}

void host_no_memory(paddr_t pa)
{
    host_broken("the kernel touches %lx, where no memory is", pa);
}

/* A panic ends here too, and has said so. */
void arch_power_off(void)
{
    console[console_len] = 0;
    if (strstr(console, "panic: ") && !host_panics)
        host_broken("the kernel panics");
    host_off = true;
    longjmp(out, 1);
}

void arch_reboot(void)
{
    arch_power_off();
}

/* --- Into the kernel, and out of it --------------------------------------------------- */

void arch_resume(struct thread *t)
{
    (void)t; /* it is hart.current */
    longjmp(out, 1);
}

/* Nobody can run: the time of the next timer comes, if there is one. */
void arch_wait(void)
{
    if (host_deadline == ~0ull)
        longjmp(out, 1);
    if (host_time < host_deadline)
        host_time = host_deadline;
}

void arch_poll_interrupts(void)
{
    if (host_time >= host_deadline) {
        host_deadline = ~0ull;
        trap_timer();
    }
}

void arch_timer_set(u64 at)
{
    host_deadline = at;
}

static void dispatch(enum host_event event, enum fault_cause cause, u64 value)
{
    struct thread *t = hart.current;

    switch (event) {
    case HOST_ECALL:
        trap_call(t);
        break;
    case HOST_TIMER:
        arch_poll_interrupts();
        break;
    case HOST_INTERRUPT:
        if (host_enabled >> value & 1 && !(host_claimed >> value & 1)) {
            host_claimed |= 1ull << value;
            trap_interrupt((u32)value);
        }
        break;
    case HOST_FAULT:
        trap_page_fault(t, cause, value);
        break;
    case HOST_EXCEPTION:
        trap_exception(t, cause, value);
        break;
    case HOST_OWN_TRAP:
        trap_in_kernel(&t->frame, cause, value);
    }
}

bool host_enter(enum host_event event, enum fault_cause cause, u64 value)
{
    if (host_off)
        return false;
    host_entries++;
    host_time += 3;
    host_cycles += 100;
    if (!setjmp(out)) {
        if (!host_lean || event != HOST_ECALL || !lean_enter(hart.current)) {
            dispatch(event, cause, value);
            trap_finish();
        }
    }
    if (host_off)
        return false;
    tlb_check();
    if (hart.current && hart.current->state != THREAD_RUNNING)
        host_broken("thread %p goes on in state %u", (void *)hart.current, hart.current->state);
    return hart.current;
}

void host_boot(void)
{
    image_make();
    if (!setjmp(out))
        kernel_main(0, 0);
    if (!host_off)
        check_all();
}

/* L3: what is marked as zero is zero. */
static void check_zero(void)
{
    for (u32 i = 0; i < BOOT_RANGES; i++)
        for (u64 j = 0; j < ledger_ranges[i].npages; j++) {
            const u64 *page = arch_direct((ledger_ranges[i].first + j) << PAGE_SHIFT);

            for (u32 w = 0; ledger_ranges[i].entries[j].zero && w < PAGE_SIZE / 8; w++)
                if (page[w])
                    host_broken("frame %lx is not zero", ledger_ranges[i].first + j);
        }
}

void host_check(void)
{
    if (host_off)
        return;
    check_all();
    check_zero();
    (void)host_console();
}

/* --- Machine, image ------------------------------------------------------------------- */

err_t arch_machine_read(paddr_t device_tree, u64 boot_hart, struct machine_info *m, u64 *size)
{
    (void)device_tree, (void)boot_hart;
    *size = 0;
    *m = (struct machine_info){
        .root = {.nharts = 1, .timebase_hz = 10000000, .nram = 2},
        .reserved = {{(HOST_RAM_BASE >> PAGE_SHIFT) + HOST_RAM_PAGES - 2, 1}},
        .nreserved = 1,
        .clint_base = 0x2000000,
        .clint_size = 0x10000,
        .plic_base = 0xc000000,
        .plic_size = 0x400000,
    };
    m->root.ram[0] = (struct boot_range){HOST_RAM_BASE >> PAGE_SHIFT, HOST_RAM_PAGES};
    m->root.ram[1] = (struct boot_range){HOST_MORE_BASE >> PAGE_SHIFT, HOST_MORE_PAGES};
    return host_other_machine ? host_other_machine(m) : 0;
}

u64 arch_direct_tables(const struct boot_range *ranges, u32 n)
{
    (void)ranges;
    return n;
}

void arch_direct_map(const struct boot_range *ranges, u32 n, frame_t tables)
{
    (void)ranges, (void)n, (void)tables;
}

u64 arch_direct_limit(void)
{
    return host_direct_end;
}

/* --- Interrupts ----------------------------------------------------------------------- */

void arch_interrupts_init(paddr_t base, u32 context, u32 sources)
{
    (void)base, (void)context, (void)sources;
}

u32 arch_interrupt_sources(void)
{
    return HOST_SOURCES;
}

void arch_interrupt_enable(u32 source)
{
    host_enabled |= 1ull << source;
}

void arch_interrupt_complete(u32 source)
{
    host_claimed &= ~(1ull << source);
}

/* --- Registers ------------------------------------------------------------------------ */

void arch_frame_init(struct trap_frame *f)
{
    *f = (struct trap_frame){.status = 0};
}

void arch_fpu_save(struct thread *t)
{
    if ((t->frame.status & FS_MASK) == FS_DIRTY)
        t->fpu = host_fpu;
    t->frame.status = (t->frame.status & ~FS_MASK) | FS_CLEAN;
}

void arch_fpu_load(struct thread *t)
{
    host_fpu = t->fpu;
    t->frame.status |= FS_DIRTY;
}

void arch_fpu_disable(struct thread *t)
{
    t->frame.status &= ~FS_MASK;
}
