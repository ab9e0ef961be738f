/*
 * The door of a server that is linked into the kernel: functions instead of ecall.
 *
 * The server fills the registers of its thread as ipc/abi/message.h says, and calls.
 * Addresses of its own memory are the kernel's.
 */
#pragma once

#include "ipc/abi/types.h"

/* As they lie in the thread; x by number: x1 is x[0] (REG_RA and so on in ipc/abi/object.h). */
struct placed_registers {
	u64 pc;
	u64 x[31];
};

#define REG_T0 4 /* indices into x */
#define REG_T1 5
#define REG_T2 6
#define REG_A6 15
#define REG_T3 27
#define REG_T4 28
#define REG_T5 29
#define REG_T6 30

/* Of the server that runs. */
struct placed_registers *placed_registers(void);
/* Its a7 is OP_CALL or OP_REPLY: the answer is in the registers. */
void placed_call(void);
/* OP_RECV or OP_REPLY_RECV.  False: the server is to leave; true: the reply failed. */
bool placed_exchange(void);
/* To the kernel's console. */
void placed_print(const char *text, u64 len);
/* Back to who entered the server, which is called again when a message is in its registers. */
__attribute__((noreturn)) void placed_leave(void);
