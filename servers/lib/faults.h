/*
 * Points where the debug build injects a fault into a server: see tests/faults/faults.c.
 * In a release build nothing of this is there.
 */
#pragma once

#include "servers/lib/server.h"

/* Which fault, if the boot's command line names one for that server. */
void fault_choose(const char *server);
/* Before each operation: the fault happens here. */
void fault_point(void);
/* After an operation that has an answer: true if that answer is to be lost. */
bool fault_loses_reply(void);
