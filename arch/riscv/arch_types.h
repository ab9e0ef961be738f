/*
 * What a thread's saved state is on this CPU.  The only header of arch/ that
 * portable code sees (found by -Iarch/riscv; tests/host has its own).
 */
#pragma once

#include "arch_frame.h"
#include "arch_inline.h"
