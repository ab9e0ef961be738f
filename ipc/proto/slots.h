/*
 * Which capability lies in which slot, by agreement between the servers.
 *
 * Programs: fixed slots, index k = slot SLOT_FIXED + k.  Servers: ordinary
 * slots that root fills before it starts them; those whose manifest does not
 * name the capability are empty.
 */
#pragma once

#include "ipc/abi/types.h"

/* Fixed slots of a program (and of the loader). */
enum fixed_slot {
	FIXED_PROCESS,
	FIXED_MEMORY,
	FIXED_NAME, /* the name server: fs */
	FIXED_EVENT,
	FIXED_PIPE,
	FIXED_NET,
	FIXED_CWD,  /* directory session at fs */
	FIXED_ROOT, /* directory session at fs */
};

/* Slots of a server. */
enum server_slot {
	SERVER_CSPACE = 1,
	SERVER_ASPACE,
	SERVER_THREAD,
	SERVER_POOL,
	SERVER_ENDPOINT,
	SERVER_NOTIFICATION, /* bound to its thread */
	SERVER_TIMER,        /* sets NOTIFY_TIMER of SERVER_NOTIFICATION */
	SERVER_MACHINE,
	SERVER_DEVICE,       /* Memory of its device's registers */
	SERVER_INTERRUPT,    /* sets NOTIFY_INTERRUPT of SERVER_NOTIFICATION once bound */
	SERVER_EVENT_NOTIFY, /* event's notification: signal 1 << own enum server_id */
	SERVER_RAM, /* memory only: Memory of RAM; more ranges follow up to SERVER_RAM + 3 */
	SERVER_OUT_OF_MEMORY = 16, /* memory only: process's notification, signal NOTIFY_MEMORY */
	SERVER_LOCKS,              /* process only: fs's notification, signal NOTIFY_LOCKS */
	SERVER_TO = 20,            /* SERVER_TO + enum server_id: a session to that server */
	SERVER_REPLY = 64,         /* its Replies, made by the library: SERVER_REPLY + i */
	SERVER_FREE = 1280, /* from here on the server's own use (its cspace limit is set to this,
	                        so that SLOT_ANY finds slots from here on) */
};

/* Servers in the order of their rank: calls go to a smaller one only.  X(identifier, name). */
#define SERVER_LIST(X)          \
	X(ROOT, "root")         \
	X(MEMORY, "memory")     \
	X(PROCESS, "process")   \
	X(TERMINAL, "terminal") \
	X(PIPE, "pipe")         \
	X(FS, "fs")             \
	X(EVENT, "event")       \
	X(ECHO, "echo")

#define SERVER_ID(identifier, name) SERVER_ID_##identifier,
enum server_id { SERVER_LIST(SERVER_ID) SERVER_IDS };
#undef SERVER_ID
#define RANK_PROGRAM 15 /* every thread that is no server */

/* Bits of SERVER_NOTIFICATION. */
#define NOTIFY_TIMER (1ull << 63)
#define NOTIFY_INTERRUPT (1ull << 62)
#define NOTIFY_MEMORY (1ull << 61) /* to process: memory is out of frames */
#define NOTIFY_LOCKS (1ull << 60)  /* to fs: a process that had locks of files has ended */
/* to event: bit enum server_id of the server that has ready cookies */

/* Priorities of threads. */
enum priority {
	PRIORITY_PROGRAM = 16, /* above it, below PRIORITY_SERVER: real-time programs */
	PRIORITY_SERVER = 32,
	PRIORITY_DRIVER = 40,
	PRIORITY_ROOT = 62,
};
