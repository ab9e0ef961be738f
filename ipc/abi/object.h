/*
 * Kernel objects and their methods: the messages that the kernel answers itself.
 *
 * A method is a native call on a capability of that type; its label is one of
 * the METHOD values.  "sent X" is a capability named in the low half of t3 with
 * MSG_SEND: for a method it only names the object, nothing is moved.  "-> slot"
 * is a new capability put into the slot of the high half of t3 (MSG_RECEIVE,
 * SLOT_ANY allowed); the slot's number comes back in t3.  "window" is t1, t2:
 * memory of the caller itself.  Words are a0-a5; results come back in a0-a5.
 * A method on a range that is not finished advances the caller's registers and
 * executes the call again: the caller never sees it.
 * Errors of all: EBADF (no such slot), ENOSYS (no such method on that type),
 * EPERM (the capability lacks the right), EFAULT (window), ESRCH (object dead).
 */
#pragma once

#include "ipc/abi/types.h"

enum object_type {
	OBJECT_NONE,
	OBJECT_POOL,
	OBJECT_MEMORY,
	OBJECT_ASPACE,
	OBJECT_CSPACE,
	OBJECT_THREAD,
	OBJECT_ENDPOINT,
	OBJECT_SESSION,
	OBJECT_NOTIFICATION,
	OBJECT_TIMER,
	OBJECT_INTERRUPT,
	OBJECT_REPLY,
	OBJECT_MACHINE,
	OBJECT_TYPES
};

/* Flags of a slot, kept for the table's holder. */
enum slot_flag { SLOT_CLOEXEC = 1 };

#define METHOD(type, n) ((type) << 8 | (n))

enum method {
	/* Pool: pages given to the kernel, cut into objects. */
	POOL_DONATE = METHOD(OBJECT_POOL, 1), /* a0 first frame, a1 pages; sent Memory.
	    Frames must be unused (count 0); they become kernel frames. EBUSY, EINVAL */
	POOL_CREATE,  /* a0 enum object_type, a1-a3 arguments; -> slot. ENOMEM, EPERM (type not
	    in the pool's list), EINVAL.  Arguments: POOL: a1 mask of types, a2 priority ceiling,
	    a3 enum endpoint_flag that its endpoints may have (of what this pool may);
	    CSPACE, ASPACE, NOTIFICATION, REPLY: none; THREAD: none (configure it);
	    ENDPOINT: a1 rank, a2 enum endpoint_flag (TRUSTED only if the pool may);
	    TIMER: sent Notification, a1 bits; INTERRUPT: a1 source number */
	POOL_RECLAIM, /* sent object of this pool: destroy it, wake all waiters. EINVAL (other
	    pool), EBUSY (an address space with mappings, a pool with objects) */
	POOL_STATS,   /* a0 <- pages, a1 <- free pages, a2.. a4 <- threads, endpoints, sessions
	    alive in the whole system (not only in this pool), a5 <- pages of Replies */

	/* Memory: a range of physical pages. */
	MEMORY_DERIVE = METHOD(OBJECT_MEMORY, 1), /* a0 first frame, a1 pages; sent Pool; -> slot */
	MEMORY_CLEAR, /* a0 first frame, a1 pages: fill with zeroes; free or user frames only */
	MEMORY_COPY,  /* a0 frame to, a1 frame from, both in this Memory and free or user */
	MEMORY_PIN,   /* a0 frame: one use that is no mapping. EBUSY (pinned already) */
	MEMORY_UNPIN, /* a0 frame; a0 <- 1 if its count is zero now */
	MEMORY_QUERY, /* a0 frame; a0 <- count of uses, a1 <- enum frame_type, a2 <- pinned */

	/* Address space. */
	ASPACE_MAP = METHOD(OBJECT_ASPACE, 1), /* a0 address, a1 first frame (contiguous) or, with a
	    window, window = u64 frame numbers; a2 pages, a3 rights and enum map_right, a4 enum
	    map_flag; sent Memory.
	    a0 <- address behind the last page mapped, a1 <- frame replaced whose count became zero
	    or FRAME_NONE (only for a2 = 1). EEXIST (mapped and not MAP_REPLACE), ENOMEM (page
	    table pages: donate to the pool, call again with what is left), EINVAL */
	ASPACE_UNMAP,   /* a0 address, a1 pages, a2 0; window (out) u64 frames whose count is now 0.
	    a0 <- address behind the last page done (stops when the window is full),
	    a1 <- number of frames in the window, a2 <- pages of tables.  One page, without
	    window: a2 <- the frame whose count became zero, or FRAME_NONE */
	ASPACE_PROTECT, /* a0 address, a1 pages, a2 rights, a3: 0 = keep the old AND a2, 1 = set.
	    Pages that are not mapped are left out.  Rights 0: the page stays, but nobody may
	    touch it */
	ASPACE_SHARE,   /* a0 address, a1 pages, a2 enum share_flag; sent destination Address space:
	    every page mapped here is mapped there at the same address. a0 <- address behind the
	    last page done. EEXIST, ENOMEM (as map): what lies before a0 is shared */
	ASPACE_QUERY,   /* a0 address, without window: a0 <- frame or FRAME_NONE, a1 <- rights,
	    a2 <- count of uses; or with a1 pages, a2 0: a0 <- how many of them are mapped,
	    a1 <- address of the first one.  With window and a1 pages: u64 each,
	    frame << 8 | rights, 0 if not mapped; a0 <- pages done */
	ASPACE_READ,    /* a0 address there; window (out) in the caller. a0 <- bytes done;
	    stops at the first page that a program there could not read */
	ASPACE_WRITE, /* a0 address there; window (in). a0 <- bytes done; stops likewise (write) */
	ASPACE_CAS,   /* a0 address (4-aligned), a1 expected u32, a2 new; a0 <- old. EFAULT */
	ASPACE_FENCE, /* instruction fetches after this see earlier writes (fence.i everywhere) */
	ASPACE_OWN, /* a0 address, a1 frame that nothing uses, a2 rights, a3 model; sent Memory that
	    covers both: copy on write.  A page with other uses is replaced by the frame, a copy of
	    it; one without gets the rights (a0 <- 1: the frame was not needed); where nothing is
	    mapped the frame becomes a copy of the model.  ENOENT (nothing there, model is
	    FRAME_NONE), ENOMEM, EBUSY, EINVAL */

	/* Capability space.  "own slot" is a slot of the caller. */
	CSPACE_COPY = METHOD(OBJECT_CSPACE, 1), /* a0 slot there (SLOT_ANY: lowest free at or above
	    a2), a1 own slot; a0 <- slot there.  EBUSY if not free, EMFILE, EPERM (a Reply) */
	CSPACE_MOVE,   /* as CSPACE_COPY, and own slot is empty afterwards */
	CSPACE_FETCH,  /* a0 slot there: a copy -> slot here.  EPERM (a Reply) */
	CSPACE_DELETE, /* a0 slot there, a1 how many from it on (0 = 1): empty slots are skipped */
	CSPACE_CLONE,  /* sent destination Capability space: copy the descriptors (all slots below
	    the limit but Replies, with flags) and the fixed slots named in the mask a0.
	    The destination takes over limit and routes.  With a2 it gets that limit
	    instead, and no descriptors.  a1 0.  ENOMEM, EINVAL */
	CSPACE_IDENTIFY,   /* a0 slot there: a0 <- enum object_type (0: empty), a1 <- flags,
	    a2 <- badge if it is a session of an endpoint in the caller's endpoint, else 0,
	    a3 <- rank of the session's endpoint */
	CSPACE_LIMIT,      /* a0 new limit of the descriptors (<= SLOT_FIXED; ~0: ask): a0 <- old,
	    a1 <- pages of slots */
	CSPACE_FLAGS,      /* a0 slot there, a1 clear mask, a2 set mask: a0 <- old flags */
	CSPACE_CLOSE_EXEC, /* a0 first slot there: deletes every descriptor from it on that has
	    SLOT_CLOEXEC */
	CSPACE_ROUTES,     /* a0 first of ROUTE_FRAMES contiguous frames; sent Memory */
	CSPACE_NEXT,       /* a0 slot there: a0 <- first used slot at or above it below the limit,
	    or SLOT_NONE */

	/* Thread. */
	THREAD_CONFIGURE = METHOD(OBJECT_THREAD, 1), /* a0 priority (0 lowest .. PRIORITIES - 1),
	    a1 tag, a2 own slot of Address space, a3 of Capability space, a4 of the pager's session,
	    a5 of the handler's session; SLOT_NONE leaves that as it is. EPERM (ceiling). EBUSY
	    if it runs (call THREAD_STOP first or hold it in its handler) */
	THREAD_READ,                                 /* window (out) struct thread_registers */
	THREAD_WRITE,                                /* window (in) struct thread_registers */
	THREAD_START,     /* from "not started" or stopped: becomes ready */
	THREAD_STOP,      /* does not run until started */
	THREAD_INTERRUPT, /* mark: see DESIGN, Messages.  0 */
	THREAD_TIMES, /* a program's: a0 <- time ticks in user mode, a1 <- ticks in which servers
	    worked for it; a server's: a2 <- between the first and the last time that it was
	    found working and had to wait since its last recv; a3 <- enum thread_state,
	    a4 <- badge of the session that it waits at or 0, a5 <- how often it was switched to */

	/* Endpoint. */
	ENDPOINT_MINT = METHOD(OBJECT_ENDPOINT, 1), /* a0 badge, a1 enum session_flag; -> slot: new
	    session paid by the endpoint's pool */
	ENDPOINT_RESTART, /* a0 enum restart_mode, a1 0; a1 <- number of calls that were given up */

	/* Notification. */
	NOTIFICATION_SIGNAL = METHOD(OBJECT_NOTIFICATION, 1), /* a0 bits */
	NOTIFICATION_BIND, /* sent Thread: its recv on an endpoint delivers the bits too. EBUSY */

	/* Timer. */
	TIMER_ARM = METHOD(OBJECT_TIMER, 1), /* a0 absolute time in ticks of the time counter */
	TIMER_CANCEL,

	/* Interrupt. */
	INTERRUPT_BIND = METHOD(OBJECT_INTERRUPT, 1), /* sent Notification, a0 bits; enables it */
	INTERRUPT_ACK,                                /* the source may interrupt again */

	/* Reply.  ESRCH when the caller is dead, EINVAL when idle.  "window i": of the caller.
	    When its slot is deleted it is gone, and whom it held gets EIO. */
	REPLY_COPY_IN = METHOD(OBJECT_REPLY, 1), /* a0 window i, a1 offset; window: own buffer.
	    a0 <- bytes copied from the caller, a1 <- enum copy_stop.  String windows stop
	    behind the NUL (COPY_DONE) */
	REPLY_COPY_OUT,                          /* the same, to the caller */
	REPLY_COPY, /* this Reply's window a0 at offset a1 is filled from the sent Reply's window a2
	    at offset a3, a4 bytes: a0 <- bytes, a1 <- enum copy_stop */
	REPLY_WINDOW, /* a0 window i: a0 <- length, a1 <- direction (ACCESS_READ: in), 0 if none */
	REPLY_GIVE,   /* sent capability; a0 slot flags: a0 <- descriptor, usable after the reply.
	    EMFILE */
	REPLY_TAKE_BACK, /* undoes every give */
	REPLY_TAKE,  /* a0 descriptor of the caller: a copy -> slot here.  EPERM unless the route
	    says so or the endpoint is trusted */
	REPLY_BADGE, /* a0 descriptor of the caller: a0 <- its badge, if it is a session of the
	    same endpoint, else EXDEV; EBADF if it is no session.  Fixed slots too; trusted or
	    the route's slot */
	REPLY_READ_REGISTERS,  /* window (out) struct thread_registers; trusted only */
	REPLY_WRITE_REGISTERS, /* window (in) */
	REPLY_FORWARD, /* a0: 0 = through own slot a1, 1 = through the caller's descriptor a1
	    (trusted), 2 = through the fixed slot where ROUTE_DESCRIPTOR_AT goes else;
	    a native call takes a2 as label and a3-a5 as words 0-2, a routed one goes
	    unaltered.  MSG_SEND: one capability goes along.  The Reply is idle after it */
	REPLY_CALL,    /* call through: native call on the caller's descriptor a0 with label a1 and
	    words 0-3 from a2-a5; trusted only.  Comes back like any native call. EDEADLK */
	REPLY_READ_MEMORY,  /* a0 address in the caller; window (out): as ASPACE_READ; trusted */
	REPLY_WRITE_MEMORY, /* a0 address in the caller; window (in): as ASPACE_WRITE; trusted */
	REPLY_CLEAR,        /* dead -> idle */
	REPLY_PUSH, /* an upcall, trusted: below address a0 of the caller, or below its sp if that
	    is 0, go the bytes of the window (in, a multiple of 64), as many as the high half of a5
	    says that stay as they are (of 8; together at most PUSH_MAX), and struct
	    saved_registers, a0 there being a4 if it is a routed call that is held; all 16-aligned.
	    It goes on at pc a1, with ra a2, a0 a3; sp and a1 the new address, a2 that + the low
	    half of a5.  a0 <- the address.  EFAULT (a page is absent): nothing happened */
	REPLY_POP,  /* the reverse, trusted: takes struct saved_registers from its sp + a0.
	    a1.. <- the POP_WORDS words from its sp + a1 on, which lie before it, at most PUSH_MAX;
	    a5 <- its a0, which the answer of a routed call has to repeat.  EFAULT */

	/* Machine. */
	MACHINE_OFF = METHOD(OBJECT_MACHINE, 1),
	MACHINE_REBOOT,
	MACHINE_PRINT, /* window (in): text for the firmware's console, at most 256 bytes */
	MACHINE_CHECK, /* debug builds: checks the promises, panics if one is broken; else ENOSYS */
	MACHINE_PATHS, /* debug builds: a0 enum paths_wanted, a1 enum paths_event; a0 <- kernel
	    entries that C answered so far, a1 <- those that the fast path did alone; else ENOSYS */
	MACHINE_STATE, /* debug builds: sent Pool, a0 1: also to the console; window (out) u64: all
	    that its objects are, path or time taken left out; a0 <- words; else ENOSYS */
	MACHINE_PLACE, /* a0 enum server_id of a server that is linked into the kernel: a0 <- its
	    area in the Address space that it gets, which is the kernel half.  Sent:
	    that Address space (nothing is mapped there yet), or Thread: it is that server's from
	    now on.  ENOENT (not linked), ENOMEM (page tables), EBUSY; ENOSYS: none is */
};

enum paths_wanted { PATHS_KEEP, PATHS_BOTH, PATHS_SLOW };
enum paths_event {
	PATHS_SLICE_OVER = 1,     /* the running slice ends here */
	PATHS_NO_IDENTIFIERS = 2, /* address spaces made from now on share number 0 */
};
enum endpoint_flag { ENDPOINT_TRUSTED = 1 };
enum session_flag { SESSION_NO_CLOSED = 1 }; /* nobody wants its closed message */
enum restart_mode { RESTART_REQUEUE, RESTART_FAIL };
enum map_flag { MAP_REPLACE = 1 };
enum map_right {
	MAP_ZERO = 8,  /* a frame that nothing uses yet is cleared first, if it is not clear */
	MAP_KEEP = 16, /* where a page is mapped it stays, and the frame is left out */
};
enum share_flag { SHARE_COW = 1 }; /* write-protect both sides */
enum frame_type { FRAME_FREE, FRAME_USER, FRAME_TABLE, FRAME_KERNEL };

#define PRIORITIES 64

enum thread_state {
	THREAD_RUNNING,   /* on a hart */
	THREAD_NEW,       /* never started */
	THREAD_READY,     /* on a run queue */
	THREAD_SENDING,   /* in an endpoint's queue */
	THREAD_WAITING,   /* for a reply */
	THREAD_RECEIVING, /* in recv */
	THREAD_DEAD,
};

/* Registers of a thread, as THREAD_READ and REPLY_READ_REGISTERS give them. */
enum register_flag {
	REGS_IN_CALL = 1, /* a0 is the result of the routed call at pc - 4 */
	REGS_FLOAT = 2,   /* f and fcsr are valid; written: take them over */
};
struct thread_registers {
	u64 pc;
	u64 x[31];       /* x1 .. x31 */
	u64 original_a0; /* of the routed call, for its restart */
	u64 flags;       /* enum register_flag */
	u64 fcsr;
	u64 f[32];
};
_Static_assert(sizeof(struct thread_registers) == 67 * 8, "layout");

/* The same as REPLY_PUSH leaves them: the end of Linux's ucontext. */
struct saved_registers {
	u64 pc;
	u64 x[31];
	u64 f[32];
	u32 fcsr;
	u32 room[64]; /* for other formats of f: whatever was there, or zero */
	u32 end[3];   /* zero */
};
_Static_assert(sizeof(struct saved_registers) == 784, "layout");
#define PUSH_MAX 512u
#define POP_WORDS 4u

#define REG_RA 0 /* indices into x */
#define REG_SP 1
#define REG_GP 2
#define REG_TP 3
#define REG_A0 9
#define REG_A1 10
#define REG_A2 11
#define REG_A7 16
