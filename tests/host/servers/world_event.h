/* Descriptors that the event server asks about. */
#pragma once

#include "sim.h"

void session_becomes(struct sim_object *s, u32 events); /* ready for these, or no more */
