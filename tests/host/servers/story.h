/*
 * Unit tests of a server: small stories of clients' calls, each on a world made anew.
 */
#pragma once

#include "ipc/proto/descriptor.h"
#include "servers/lib/descriptor.h"
#include "sim.h"

struct story {
    const char *name;
    void (*run)(void);
    bool once; /* it takes long: not again with something lacking */
};
extern const struct story stories[]; /* ends with a row without a name */
/* Of what happens rarely, in a file of its own (unit_SERVER_rare.c) or not at all. */
extern const struct story stories_rare[] __attribute__((weak));
extern const struct story stories_more[] __attribute__((weak));
extern const struct story stories_others[] __attribute__((weak));
/* The same for all servers (story.c, story_lib.c). */
extern const struct story stories_of_all[] __attribute__((weak));
extern const struct story stories_lib[] __attribute__((weak));
/* Plays it again with something lacking; false: not of this server (story_lack.c). */
bool story_lacking(const struct story *s) __attribute__((weak));
void story_play(const struct story *s);
extern bool story_lenient; /* what was expected need not come: something is made to fail */

/* The rest makes no sense without: ends the story if something was made to fail. */
void story_needs(bool it);

#define WAITS (-77777)    /* it is held */
#define FORWARDS (-88888) /* another server has it now */

/* A routed call of a client through the route table: its result, WAITS or FORWARDS. */
s64 call(u32 client, u64 number, const u64 word[6]);
#define CALL(client, number, ...) call(client, number, (const u64[6]){__VA_ARGS__})
/* The same, but another server forwards it, through a session in that slot of its holder. */
s64 call_forwarded(u32 client, u32 holder, u64 slot, u64 number, const u64 word[6]);
/* A native call by a server through a slot of its holder (fixed: SLOT_FIXED + enum server_id). */
s64 ask(u64 slot, s32 label, u64 a, u64 b, u64 c);
extern struct sim_caller *last; /* the caller of the last of these */

struct sim_object *descriptor(u32 client, u64 fd); /* what it names: there is something */
void close_slot(u32 client, u64 slot);
void interrupt(struct sim_caller *c);
void die(struct sim_caller *c);
u8 *memory(u64 address);                      /* of clients */
void remember(u64 address, const char *text); /* puts it there, with its NUL */
u32 get32(u64 address);
void put64(u64 address, u64 value);

void expect_equal(s64 is, s64 wanted, const char *what, u32 line);
#define EXPECT(is, wanted) expect_equal((s64)(is), (s64)(wanted), #is, __LINE__)
