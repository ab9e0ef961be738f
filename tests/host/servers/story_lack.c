/*
 * The same story, but at one point after the other something is not there, once or from then on.
 * What the calls answer then is the server's choice; what holds after each message is not, nor that
 * nothing has leaked in the end.
 */
#include "story.h"

#include <stdio.h>
#include <unistd.h>

static const char *const lacks[LACKS] = {"", "heap", "pool", "server", "page", "life", "patience"};

static void play(const struct story *s, enum lack of, bool lasts)
{
    u64 at = 0;

    do {
        fprintf(stderr, "running %s/no_%s%s/%lu\n", s->name, lacks[of], lasts ? "_more" : "", at);
        lack = (struct lack_point){of, lasts, at, 0};
        last = &sim.caller[0];
        alarm(20); /* a loop is a failure */
        story_play(s);
        at += 1 + at / 16; /* the first ones each, then a few */
    } while (lack.uses >= at);
    alarm(0);
}

bool story_lacking(const struct story *s)
{
    if (world_id == SERVER_ID_ROOT) /* who is the first has nobody to ask for more */
        return false;
    story_lenient = true;
    for (enum lack of = LACK_HEAP; of < LACKS; of++)
        for (u32 lasts = 0; lasts < 2; lasts++)
            play(s, of, lasts);
    story_lenient = false;
    return true;
}
