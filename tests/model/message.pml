/*
 * The message path: three callers, two servers, and whatever may come between a call and its answer.
 *
 * An entry of the kernel is one atomic step, as on one hart or under the kernel's lock; its name is
 * that of the function in ipc/ which it stands for (spin pastes inlines as text: their parameters have names of their own).
 * Server 0 may forward to server 1. From outside
 * come interrupts, the death of a caller, and the restart of an endpoint after its server's death.
 *
 * Shown (by assertions, and by what may be an end): no deadlock; no answer without a call, none
 * twice, none lost; who is killed holds no Reply, and its server is told; a Reply is bound only
 * when it is idle, and never keeps a notice of the caller before.
 */
#ifndef CALLS
#define CALLS 2 /* of each caller */
#endif
#ifndef INTERRUPTS
#define INTERRUPTS 2
#endif
#ifndef CALLERS
#define CALLERS 3
#endif
#ifndef KILLS
#define KILLS true
#endif
#ifndef RESTARTS
#define RESTARTS true
#endif
#define NOBODY 9
#define OF(r) ((r) / 2) /* the server that holds Reply r */

mtype = {RUNNING, SENDING, WAITING, DEAD, IDLE, BOUND, GONE};

/* Callers. */
mtype state[CALLERS] = RUNNING;
bool in_call[CALLERS], marked[CALLERS], again[CALLERS];
byte calls[CALLERS], answers[CALLERS], held[CALLERS] = NOBODY;
byte queue[CALLERS]; /* the endpoint in whose queue it is, while SENDING */

/* Endpoints, of their servers. */
chan senders[2] = [CALLERS] of {byte};
chan notices[2] = [2] of {byte}; /* Replies with something to tell */
bool receiving[2], notice_last[2], closed[2];
byte offered[2]; /* the idle Reply of the last recv */

/* Replies: 0 and 1 are server 0's. */
mtype reply[4] = IDLE;
byte caller[4] = NOBODY;
byte notice[4]; /* 0: none */
bool told[4];   /* its server knows that its caller is dead */
#define INTERRUPTED 1
#define ABANDONED 2

/* --- ipc/endpoint.c, ipc/reply.c --------------------------------------------------------- */

inline call_complete(done)
{
    assert(in_call[done]);
    in_call[done] = false;
    answers[done]++;
    state[done] = RUNNING
}

/* It executes its ecall once more, after its handler. */
inline call_again(back)
{
    assert(in_call[back]);
    in_call[back] = false;
    again[back] = true;
    state[back] = RUNNING
}

inline reply_bind(to_bind, bound)
{
    assert(reply[to_bind] == IDLE && notice[to_bind] == 0 && caller[to_bind] == NOBODY);
    reply[to_bind] = BOUND;
    caller[to_bind] = bound;
    held[bound] = to_bind;
    state[bound] = WAITING
}

inline reply_unbind(to_free)
{
    if
    :: notice[to_free] -> notices[OF(to_free)]??eval(to_free); notice[to_free] = 0
    :: else
    fi;
    if
    :: caller[to_free] != NOBODY -> held[caller[to_free]] = NOBODY
    :: else
    fi;
    caller[to_free] = NOBODY;
    told[to_free] = false;
    reply[to_free] = IDLE
}

inline endpoint_post(who, at)
{
    if
    :: closed[at] -> call_complete(who) /* EIO */
    :: !closed[at] && receiving[at] && offered[at] != NOBODY && reply[offered[at]] == IDLE ->
        receiving[at] = false;
        notice_last[at] = false;
        reply_bind(offered[at], who)
    :: else -> state[who] = SENDING; queue[who] = at; senders[at]!who
    fi
}

inline deliver_notice(where, which)
{
    told[which] = notice[which] == ABANDONED;
    notice[which] = 0;
    notice_last[where] = true
}

inline endpoint_notice(about, kind)
{
    if
    :: notice[about] -> notice[about] = kind
    :: !notice[about] && receiving[OF(about)] ->
        notice[about] = kind;
        receiving[OF(about)] = false;
        deliver_notice(OF(about), about)
    :: else -> notice[about] = kind; notices[OF(about)]!about
    fi
}

inline endpoint_receive(from, with)
{
    offered[from] = with;
    if
    :: len(senders[from]) > 0 && with != NOBODY && (notice_last[from] || len(notices[from]) == 0) ->
        senders[from]?t;
        reply_bind(with, t);
        notice_last[from] = false
    :: (len(senders[from]) == 0 || with == NOBODY || !notice_last[from]) && len(notices[from]) > 0 ->
        notices[from]?n;
        deliver_notice(from, n);
        n = 0
    :: else -> receiving[from] = true
    fi
}

/* --- kernel/thread.c ------------------------------------------------------------------------ */

inline thread_interrupt(whom)
{
    marked[whom] = true;
    if
    :: state[whom] == SENDING ->
        senders[queue[whom]]??eval(whom);
        call_again(whom)
    :: state[whom] == WAITING && !notice[held[whom]] -> endpoint_notice(held[whom], INTERRUPTED)
    :: else
    fi
}

inline thread_destroy(victim)
{
    if
    :: state[victim] == SENDING ->
        senders[queue[victim]]??eval(victim)
    :: state[victim] == WAITING ->
        r = held[victim];
        held[victim] = NOBODY;
        caller[r] = NOBODY;
        reply[r] = GONE;
        endpoint_notice(r, ABANDONED);
        r = 0
    :: else
    fi;
    in_call[victim] = false;
    again[victim] = false;
    state[victim] = DEAD
}

/* --- ipc/endpoint.c: after the death of a server --------------------------------------------- */

inline restart_reply(end_of, one, requeue)
{
    t = caller[one];
    if
    :: reply[one] == BOUND && requeue -> /* its route says that it repeats */
        reply_unbind(one);
        if
        :: marked[t] -> call_again(t)
        :: else -> state[t] = SENDING; queue[t] = end_of; senders[end_of]!t
        fi
    :: reply[one] == BOUND -> reply_unbind(one); call_complete(t) /* EIO */
    :: reply[one] == GONE -> reply_unbind(one)
    :: else
    fi;
    t = 0
}

inline endpoint_restart(dead)
{
    receiving[dead] = false;
    if
    :: restart_reply(dead, 2 * dead, true); restart_reply(dead, 2 * dead + 1, true)
    :: restart_reply(dead, 2 * dead, false); restart_reply(dead, 2 * dead + 1, true)
    :: restart_reply(dead, 2 * dead, false); restart_reply(dead, 2 * dead + 1, false);
        closed[dead] = true; /* mode fail: sessions die, and who waits in the queue is answered */
        do
        :: len(senders[dead]) > 0 -> senders[dead]?t; call_complete(t)
        :: else -> break
        od;
        t = 0
    fi
}

/* --- Who there is ---------------------------------------------------------------------------- */

proctype program(byte me)
{
    byte to;

    do
    :: atomic { state[me] == RUNNING && marked[me] -> marked[me] = false } /* its handler */
    :: atomic {
        state[me] == RUNNING && !marked[me] && (again[me] || calls[me] < CALLS) ->
        if
        :: again[me] -> again[me] = false
        :: else ->
            calls[me]++;
            if
            :: to = 0
            :: to = 1
            fi
        fi;
        in_call[me] = true;
        endpoint_post(me, to)
    }
    :: state[me] == RUNNING && !marked[me] && !again[me] && calls[me] == CALLS -> break
    :: state[me] == DEAD -> break
    od;
    assert(state[me] == DEAD || answers[me] == calls[me])
}

#define BUSY(r) (reply[r] == BOUND || told[r])

proctype server(byte me)
{
    byte r, t, n;

end:
    do
    :: atomic { !receiving[me] && reply[2 * me] == IDLE -> endpoint_receive(me, 2 * me); t = 0 }
    :: atomic { !receiving[me] && reply[2 * me] != IDLE && reply[2 * me + 1] == IDLE -> endpoint_receive(me, 2 * me + 1); t = 0 }
    :: atomic { !receiving[me] && len(notices[me]) > 0 -> endpoint_receive(me, NOBODY); t = 0 }
    :: atomic {
        !receiving[me] && (BUSY(2 * me) || BUSY(2 * me + 1)) -> /* one of the two that it holds */
        if
        :: BUSY(2 * me) -> r = 2 * me
        :: BUSY(2 * me + 1) -> r = 2 * me + 1
        fi;
        t = caller[r];
        if
        :: reply[r] == BOUND -> reply_unbind(r); call_complete(t)
        :: reply[r] == BOUND && me == 0 -> /* forward */
            reply_unbind(r);
            if
            :: marked[t] -> call_again(t)
            :: else -> endpoint_post(t, 1)
            fi
        :: told[r] -> reply_unbind(r) /* clear */
        fi;
        r = 0; t = 0
    }
    /* What a kept Reply waits for has come: a notification. */
    :: atomic { receiving[me] && (BUSY(2 * me) || BUSY(2 * me + 1)) -> receiving[me] = false }
    od
}

proctype outside()
{
    byte i, t, r;
    bool killed, restarted;

    do
    :: atomic { i < INTERRUPTS -> i++; select(t : 0 .. CALLERS - 1); thread_interrupt(t); t = 0 }
    :: atomic { KILLS && !killed -> killed = true; select(t : 0 .. CALLERS - 1); thread_destroy(t); t = 0 }
    :: atomic { RESTARTS && !restarted -> restarted = true; select(r : 0 .. 1); endpoint_restart(r); r = 0 }
    :: break
    od
}

/* When nothing is left to be done, no Reply holds anything. */
active proctype after()
{
    timeout;
    assert(len(senders[0]) == 0 && len(senders[1]) == 0 && len(notices[0]) == 0 && len(notices[1]) == 0);
    assert(reply[0] == IDLE && reply[1] == IDLE && reply[2] == IDLE && reply[3] == IDLE)
}

init {
    atomic {
        run program(0); run program(1);
        if
        :: CALLERS == 3 -> run program(2)
        :: else
        fi;
        run server(0); run server(1);
        run outside()
    }
}
