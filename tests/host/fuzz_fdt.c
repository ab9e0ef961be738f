/*
 * The device tree: bytes are what the firmware hands over.  Only as much memory is there as the
 * blob itself says, for that much the firmware has.
 */
#include "arch/riscv/fdt.h"
#include "kernel/arch.h"

#include <stdlib.h>
#include <string.h>

#define HEADER 40u
#define LARGEST (1u << 20)

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void check(const struct machine_info *m)
{
    u64 pages = 0;

    if (m->root.nram > BOOT_RANGES || m->nreserved > MACHINE_RESERVED || !m->root.nram)
        abort();
    for (u32 i = 0; i < m->root.nram; i++)
        pages += m->root.ram[i].npages;
    if (!pages || !memchr(m->root.command_line, 0, sizeof(m->root.command_line)))
        abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct machine_info m;
    u64 total, there;
    u8 *blob;

    if (size < HEADER)
        return 0;
    there = fdt_be32(data + 4);
    if (there < HEADER || there > LARGEST)
        there = size;
    blob = calloc(1, there);
    memcpy(blob, data, size < there ? size : there);
    if (!arch_machine_read((paddr_t)blob, 0, &m, &total))
        check(&m);
    free(blob);
    return 0;
}
