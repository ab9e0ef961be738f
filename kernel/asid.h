/* Identifiers of address spaces (ASID of RISC-V Privileged, 4.1.11): one each, for life. */
#pragma once

#include "ipc/abi/types.h"

u32 asid_take(void);   /* 0, which all share that get none: they are flushed at each switch */
void asid_drop(u32 n); /* nothing of it is left in any hart */
