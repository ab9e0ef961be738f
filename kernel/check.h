/* The promises of the design as checks of everything; debug builds. */
#pragma once

#include "ipc/abi/types.h"

/* Panics if a promise is broken, and says before which and where. */
void check_all(void);
/* After every kernel entry: what it touched, and everything every so often. */
void check_entry(void);
