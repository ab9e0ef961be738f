/* Machine: power and the firmware's console. */
#pragma once

#include "kernel/thread.h"

method_fn machine_method_off, machine_method_reboot, machine_method_print, machine_method_check,
	machine_method_paths, machine_method_state;
