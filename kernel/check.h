/* The promises of the design as checks of everything; debug builds. */
#pragma once

#include "ipc/abi/types.h"

/* How many violations there are; prints the first of each kind. */
u64 check_all(void);
