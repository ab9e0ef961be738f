/* Machine: power and the firmware's console. */
#pragma once

#include "kernel/thread.h"

method_fn machine_method_end, machine_method_print;
