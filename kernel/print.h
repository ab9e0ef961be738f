/* The kernel's own text, and the end of the road. Ready from the first line of kernel_main. */
#pragma once

#include "ipc/abi/types.h"

/* %s %u %x %lu %lx %p */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
__attribute__((noreturn)) void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A kernel bug; checked in debug builds. */
#define ASSERT(condition)                                                                     \
	do {                                                                                  \
		if (DEBUG_BUILD && !(condition))                                              \
			panic("%s:%u: assertion failed: %s", __FILE__, __LINE__, #condition); \
	} while (0)
/* Cannot go on; always checked. */
#define PANIC_IF(condition)                                                 \
	do {                                                                \
		if (condition)                                              \
			panic("%s:%u: %s", __FILE__, __LINE__, #condition); \
	} while (0)
