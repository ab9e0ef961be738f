/* Debug builds: what tests/kernel/ adds to the kernel. */
#pragma once

#include "kernel/thread.h"

/* After every kernel entry: the promises for what it touched, and everything every so often. */
void check_entry(void);

method_fn machine_method_check, machine_method_paths, machine_method_state;
