/* Messages to a pool (ipc/abi/object.h). */
#pragma once

#include "kernel/thread.h"

method_fn pool_method_donate, pool_method_create, pool_method_reclaim, pool_method_stats;
