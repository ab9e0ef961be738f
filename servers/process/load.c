/*
 * The load: how many threads wanted the processor, averaged over 1, 5 and 15 minutes.
 *
 * The one idea: nobody counts while nobody asks.  What is ready at a question is taken
 * to have been ready since the one before; the averages fall and rise as Linux's do, in
 * steps of five seconds.
 */
#include "servers/process/process_server.h"

#define STEP_SECONDS 5
#define STEPS_MAX 2000u /* nothing older is left of any average after them */
#define ONE (1ull << LOAD_SHIFT)

static u64 averages[LOADS], last;

void load_note(u64 running)
{
	static const u64 keeps[LOADS] = {1884, 2014, 2037}; /* ONE * exp(-5 s / 1, 5, 15 min) */
	u64 step = STEP_SECONDS * start->timebase_hz, now = time_now();
	u64 n = (now - last) / step;

	last += n * step;
	for (u64 i = 0; i < n && i < STEPS_MAX; i++)
		for (u32 k = 0; k < LOADS; k++)
			averages[k] = (averages[k] * keeps[k] + running * ONE * (ONE - keeps[k])
				       + (running * ONE > averages[k] ? ONE - 1 : 0))
				      >> LOAD_SHIFT;
}

u64 load_average(u32 k)
{
	return averages[k];
}
