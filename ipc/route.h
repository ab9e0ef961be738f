/* Routes: what a foreign (Linux) call becomes. The table is data of the process server. */
#pragma once

#include "kernel/thread.h"

/* An ecall whose number is none of the kernel's. */
void route_call(struct thread *t);
