/*
 * Scalars and limits that kernel and user mode share.
 *
 * A slot number names a capability in a capability space.  Numbers below
 * SLOT_FIXED lie in pages that are added as they are needed; the SLOTS_FIXED
 * slots from SLOT_FIXED on lie in the space's first page and are always there.
 * Descriptors are the slots from 0 up to the space's limit.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

typedef u32 slot_t;  /* index of a capability in a capability space */
typedef u64 frame_t; /* number of a physical page: address >> PAGE_SHIFT */
typedef s32 err_t;   /* 0 or a negative errno value of ipc/abi/error.h */

#ifdef MISSIVE_DEBUG
#define DEBUG_BUILD 1
#else
#define DEBUG_BUILD 0
#endif

#define PAGE_SHIFT 12
#define PAGE_SIZE 4096ul
#define PAGE_MASK (PAGE_SIZE - 1)

#define SLOTS_PER_PAGE 128u
#define SLOT_PAGES 64u
#define SLOT_FIXED (SLOTS_PER_PAGE * SLOT_PAGES) /* 8192 */
#define SLOTS_FIXED 32u
#define SLOT_NONE 0xffffffffu /* no slot */
#define SLOT_ANY 0xfffffffeu  /* kernel chooses: lowest free slot at or above the limit */

#define FRAME_NONE (~0ull)

/* User half of Sv39: addresses below this (RISC-V Privileged, 4.4). */
#define USER_END 0x4000000000ull

/* Access rights of a mapping, and of a window (read = the server may read). */
enum access { ACCESS_READ = 1, ACCESS_WRITE = 2, ACCESS_EXEC = 4 };

/* Most that one operation copies (DESIGN section 2). */
#define COPY_MAX 65536ul
#define IOVEC_MAX_PER_COPY 16u
