/*
 * Single methods of every object, called by A: what is done, what is refused, and why.  Names are
 * object_what_happens.
 */
#include "tests/host/unit.h"

#define NEW .receive = NOTHING

#define ALL_RIGHTS (ACCESS_READ | ACCESS_WRITE)
#define FREE_PAGE 0x200000000ul /* nothing is mapped there */
#define ON(slot, method, ...) \
    {                         \
        .on = slot, .label = method, .word = { __VA_ARGS__ }
#define WITH_MEMORY .sent = MEMORY

const struct method_case method_cases[] = {{"call_of_an_empty_slot", ON(NOTHING, POOL_STATS)},
                                           -EBADF,
                                           ANYTHING},
                         {"call_of_a_slot_that_cannot_be", ON(0x7fffffff, POOL_STATS)}, -EBADF,
                         ANYTHING
}
, {"call_of_another_types_method", ON(POOL, MEMORY_PIN)}, -ENOSYS, 0
}
, {"call_of_a_method_that_is_none", ON(POOL, POOL_STATS + 1)}, -ENOSYS, 0
}
, {"call_of_label_zero", ON(POOL, 0)}, -ENOSYS, 0
}
,

    {"pool_makes_an_endpoint", ON(POOL, POOL_CREATE, OBJECT_ENDPOINT, 3), NEW}, 0, 0
}
, {"pool_needs_a_slot_for_it", ON(POOL, POOL_CREATE, OBJECT_ENDPOINT, 3)}, -EINVAL, 0
}
, {"pool_does_not_overwrite", ON(POOL, POOL_CREATE, OBJECT_CSPACE), .receive = POOL}, -EBUSY, 0
}
, {"pool_refuses_no_type", ON(POOL, POOL_CREATE, OBJECT_NONE), NEW}, -EINVAL, 0
}
, {"pool_refuses_a_session", ON(POOL, POOL_CREATE, OBJECT_SESSION), NEW}, -EINVAL, 0
}
, {"pool_refuses_unknown_types", ON(POOL, POOL_CREATE, OBJECT_TYPES), NEW}, -EINVAL, 0
}
, {"pool_refuses_huge_types", ON(POOL, POOL_CREATE, 1ull << 40 | OBJECT_CSPACE), NEW}, -EINVAL, 0
}
, {"pool_makes_what_its_list_says", ON(POOL2, POOL_CREATE, OBJECT_CSPACE), NEW}, -EPERM, 0
}
, {"pool_without_trust_trusts_none", ON(POOL2, POOL_CREATE, OBJECT_ENDPOINT, 1, 1), NEW}, -EPERM, 0
}
, {"pool_refuses_an_endless_rank", ON(POOL, POOL_CREATE, OBJECT_ENDPOINT, 255), NEW}, -EINVAL, 0
}
, {"pool_makes_no_larger_pool", ON(POOL2, POOL_CREATE, OBJECT_POOL), NEW}, -EPERM, 0
}
, {"pool_timer_needs_a_notification", ON(POOL, POOL_CREATE, OBJECT_TIMER, 1), NEW}, -EINVAL, 0
}
, {"pool_timer_of_no_notification", ON(POOL, POOL_CREATE, OBJECT_TIMER, 1), .sent = POOL, NEW},
    -EBADF, 0
}
, {"pool_interrupt_once", ON(POOL, POOL_CREATE, OBJECT_INTERRUPT, 2), NEW}, -EBUSY, 0
}
, {"pool_interrupt_source_zero", ON(POOL, POOL_CREATE, OBJECT_INTERRUPT, 0), NEW}, -EINVAL, 0
}
, {"pool_interrupt_beyond_the_last", ON(POOL, POOL_CREATE, OBJECT_INTERRUPT, 32), NEW}, -EINVAL, 0
}
, {"pool_takes_frames", ON(POOL, POOL_DONATE, F(0), 40), WITH_MEMORY}, 0, ANYTHING
}
, {"pool_takes_no_frames_in_use", ON(POOL, POOL_DONATE, 0x80010, 1), .sent = MEMORY2}, -EINVAL, 0
}
, {"pool_takes_no_frames_uncovered", ON(POOL, POOL_DONATE, F(FRAMES - 1), 2), WITH_MEMORY}, -EINVAL,
    0
}
, {"pool_takes_no_device", ON(POOL, POOL_DONATE, 0x10000, 1), .sent = DEVICE}, -EINVAL, 0
}
, {"pool_takes_nothing_unnamed", ON(POOL, POOL_DONATE, F(0), 1)}, -EINVAL, 0
}
, {"pool_counts", ON(POOL2, POOL_STATS)}, 0, 1
}
, {"pool_reclaims_a_timer", ON(POOL, POOL_RECLAIM), .sent = TIMER}, 0, 0
}
, {"pool_reclaims_no_other_pools", ON(POOL2, POOL_RECLAIM), .sent = TIMER}, -EINVAL, 0
}
, {"pool_reclaims_no_session", ON(POOL, POOL_RECLAIM), .sent = SESSION}, -EINVAL, 0
}
, {"pool_reclaims_not_its_caller", ON(POOL, POOL_RECLAIM), .sent = THREAD + A}, -EBUSY, 0
}
, {"pool_reclaims_not_its_callers_slots", ON(POOL, POOL_RECLAIM), .sent = CSPACE + A}, -EBUSY, 0
}
, {"pool_reclaims_no_space_in_use", ON(POOL, POOL_RECLAIM), .sent = ASPACE + B}, -EBUSY, 0
}
, {"pool_reclaims_nothing_empty", ON(POOL, POOL_RECLAIM), .sent = NOTHING}, -EBADF, 0
}
, {"pool_reclaims_nothing_unnamed", ON(POOL, POOL_RECLAIM), .sent = SLOT_NONE}, -EBADF, 0
}
,

    {"memory_derives_a_part", ON(MEMORY, MEMORY_DERIVE, F(1), 2), .sent = POOL, NEW}, 0, 0
}
, {"memory_derives_no_more", ON(MEMORY, MEMORY_DERIVE, F(1), FRAMES), .sent = POOL, NEW}, -EINVAL, 0
}
, {"memory_derives_no_less", ON(MEMORY, MEMORY_DERIVE, F(1), 0), .sent = POOL, NEW}, -EINVAL, 0
}
, {"memory_derives_no_overflow", ON(MEMORY, MEMORY_DERIVE, F(1), ~0ull), .sent = POOL, NEW},
    -EINVAL, 0
}
, {"memory_needs_a_pool", ON(MEMORY, MEMORY_DERIVE, F(1), 1), NEW}, -EINVAL, 0
}
, {"memory_clears", ON(MEMORY, MEMORY_CLEAR, F(0), FRAMES)}, 0, 0
}
, {"memory_clears_nothing", ON(MEMORY, MEMORY_CLEAR, F(0), 0)}, 0, 0
}
, {"memory_clears_no_device", ON(DEVICE, MEMORY_CLEAR, 0x10000, 1)}, -EINVAL, 0
}
, {"memory_copies", ON(MEMORY, MEMORY_COPY, F(0), F(1))}, 0, 0
}
, {"memory_copies_onto_itself", ON(MEMORY, MEMORY_COPY, F(0), F(0))}, 0, 0
}
, {"memory_copies_from_itself", ON(MEMORY, MEMORY_COPY, F(0), F(FRAMES))}, -EINVAL, 0
}
, {"memory_pins", ON(MEMORY, MEMORY_PIN, F(0))}, 0, 0
}
, {"memory_unpins_no_free_frame", ON(MEMORY, MEMORY_UNPIN, F(0))}, -EINVAL, 0
}
, {"memory_counts", ON(MEMORY, MEMORY_UNPIN + 1, F(0))}, 0, 0
}
, {"memory_counts_no_other", ON(MEMORY, MEMORY_UNPIN + 1, F(FRAMES))}, -EINVAL, 0
}
,

    {"aspace_maps", ON(ASPACE + A, ASPACE_MAP, FREE_PAGE, F(0), 40, ALL_RIGHTS), WITH_MEMORY}, 0,
    FREE_PAGE + 40 * PAGE_SIZE
}
, {"aspace_maps_no_page_twice", ON(ASPACE + A, ASPACE_MAP, USER_MEMORY, F(0), 1, 3), WITH_MEMORY},
    -EEXIST, USER_MEMORY
}
,
    {"aspace_replaces", ON(ASPACE + A, ASPACE_MAP, USER_MEMORY, F(0), 1, 3, MAP_REPLACE),
     WITH_MEMORY},
    0, USER_MEMORY + PAGE_SIZE
}
,
    {"aspace_maps_only_what_it_is_sent", ON(ASPACE + A, ASPACE_MAP, FREE_PAGE, F(FRAMES), 1, 3),
     WITH_MEMORY},
    -EINVAL, ANYTHING
}
, {"aspace_maps_no_kernel_half", ON(ASPACE + A, ASPACE_MAP, USER_END, F(0), 1, 3), WITH_MEMORY},
    -EINVAL, 0
}
,
    {"aspace_maps_no_overflow", ON(ASPACE + A, ASPACE_MAP, FREE_PAGE, F(0), ~0ull >> 12, 3),
     WITH_MEMORY},
    -EINVAL, 0
}
, {"aspace_maps_whole_pages", ON(ASPACE + A, ASPACE_MAP, FREE_PAGE + 8, F(0), 1, 3), WITH_MEMORY},
    -EINVAL, 0
}
, {"aspace_maps_known_rights", ON(ASPACE + A, ASPACE_MAP, FREE_PAGE, F(0), 1, 64), WITH_MEMORY},
    -EINVAL, 0
}
, {"aspace_maps_devices", ON(ASPACE + A, ASPACE_MAP, FREE_PAGE, 0x10000, 1, 3), .sent = DEVICE}, 0,
    FREE_PAGE + PAGE_SIZE
}
, {"aspace_unmaps", ON(ASPACE + A, ASPACE_UNMAP, USER_MEMORY, 4)}, 0, USER_MEMORY + 4 * PAGE_SIZE
}
, {"aspace_unmaps_what_is_not", ON(ASPACE + A, ASPACE_UNMAP, 0, USER_END >> 12)}, 0, USER_END
}
, {"aspace_protects", ON(ASPACE + A, ASPACE_PROTECT, USER_MEMORY, 4, ACCESS_READ, 0)}, 0, ANYTHING
}
, {"aspace_protects_with_rights", ON(ASPACE + A, ASPACE_PROTECT, USER_MEMORY, 4, 8, 0)}, -EINVAL, 0
}
, {"aspace_shares", ON(ASPACE + A, ASPACE_SHARE, USER_STRADDLE, 2, SHARE_COW), .sent = ASPACE + B},
    -EEXIST, ANYTHING
}
, {"aspace_shares_not_with_itself", ON(ASPACE + A, ASPACE_SHARE, FREE_PAGE, 1), .sent = ASPACE + A},
    -EINVAL, ANYTHING
}
, {"aspace_queries_nothing", ON(ASPACE + A, ASPACE_QUERY, FREE_PAGE)}, 0, FRAME_NONE
}
, {"aspace_reads", ON(ASPACE + B, ASPACE_READ, USER_MEMORY), .window = USER_MEMORY, .len = 100}, 0,
    100
}
,
    {"aspace_reads_up_to_a_hole", ON(ASPACE + B, ASPACE_READ, USER_MEMORY + 4 * PAGE_SIZE - 10),
     .window = USER_MEMORY, .len = 100},
    0, 10
}
,
    {"aspace_writes_no_read_only_page", ON(ASPACE + B, ASPACE_WRITE, USER_READ_ONLY),
     .window = USER_MEMORY, .len = 100},
    0, 0
}
, {"aspace_compares_words_only", ON(ASPACE + B, ASPACE_CAS, USER_MEMORY + 2, 0, 1)}, -EFAULT,
    ANYTHING
}
, {"aspace_compares", ON(ASPACE + B, ASPACE_CAS, USER_MEMORY, 5, 1)}, 0, 0
}
,
    {"aspace_owns_nothing_unmapped", ON(ASPACE + A, ASPACE_OWN, FREE_PAGE, F(0), 3, FRAME_NONE),
     WITH_MEMORY},
    -ENOENT, ANYTHING
}
,
    {"aspace_owns_its_page", ON(ASPACE + A, ASPACE_OWN, USER_MEMORY, F(0), 3, FRAME_NONE),
     WITH_MEMORY},
    0, 1
}
, {"aspace_owns_a_copy", ON(ASPACE + A, ASPACE_OWN, USER_SHARED, F(0), 3, FRAME_NONE), WITH_MEMORY},
    0, 0
}
,

    {"cspace_copies", ON(CSPACE + B, CSPACE_COPY, NOTHING, SHOUT)}, 0, NOTHING
}
, {"cspace_copies_to_the_lowest", ON(CSPACE + B, CSPACE_COPY, SLOT_ANY, SHOUT)}, 0, 3
}
, {"cspace_copies_from_a_lowest", ON(CSPACE + B, CSPACE_COPY, SLOT_ANY, SHOUT, 7)}, 0, 7
}
, {"cspace_copies_not_beyond_the_limit", ON(CSPACE + B, CSPACE_COPY, SLOT_ANY, SHOUT, SLOT_FIXED)},
    -EMFILE, 0
}
, {"cspace_copies_over_nothing", ON(CSPACE + B, CSPACE_COPY, POOL, SHOUT)}, -EBUSY, 0
}
, {"cspace_copies_no_reply", ON(CSPACE + B, CSPACE_COPY, NOTHING, REPLY)}, -EPERM, 0
}
, {"cspace_copies_nothing", ON(CSPACE + B, CSPACE_COPY, NOTHING, NOTHING)}, -EBADF, 0
}
, {"cspace_copies_to_no_slot", ON(CSPACE + B, CSPACE_COPY, SLOT_FIXED + SLOTS_FIXED, SHOUT)},
    -EINVAL, 0
}
, {"cspace_moves", ON(CSPACE + B, CSPACE_MOVE, NOTHING, SPARE - 1)}, 0, NOTHING
}
, {"cspace_fetches", ON(CSPACE + B, CSPACE_FETCH, 2), NEW}, 0, 0
}
, {"cspace_fetches_nothing", ON(CSPACE + B, CSPACE_FETCH, 3), NEW}, -EBADF, 0
}
, {"cspace_fetches_no_reply", ON(CSPACE + B, CSPACE_FETCH, REPLY), NEW}, -EPERM, 0
}
, {"cspace_deletes_many", ON(CSPACE + B, CSPACE_DELETE, 0, SLOT_FIXED + SLOTS_FIXED)}, 0, ANYTHING
}
, {"cspace_deletes_its_own", ON(CSPACE + A, CSPACE_DELETE, 0, 64)}, 0, ANYTHING
}
,
    {"cspace_deletes_nothing_beyond_the_last",
     ON(CSPACE + B, CSPACE_DELETE, SLOT_FIXED + SLOTS_FIXED, 1)},
    -EINVAL, ANYTHING
}
,
    {"cspace_deletes_no_more_than_there_are",
     ON(CSPACE + B, CSPACE_DELETE, 1, SLOT_FIXED + SLOTS_FIXED)},
    -EINVAL, ANYTHING
}
, {"cspace_clones", ON(CSPACE + A, CSPACE_CLONE, 3), .sent = CSPACE + B}, 0, ANYTHING
}
, {"cspace_clones_a_limit_alone", ON(CSPACE + A, CSPACE_CLONE, 3, 0, 9), .sent = CSPACE + B}, 0,
    ANYTHING
}
, {"cspace_clones_not_onto_itself", ON(CSPACE + A, CSPACE_CLONE, 3), .sent = CSPACE + A}, -EINVAL, 0
}
, {"cspace_identifies_a_session", ON(CSPACE + A, CSPACE_IDENTIFY, 0)}, 0, OBJECT_SESSION
}
, {"cspace_identifies_nothing", ON(CSPACE + A, CSPACE_IDENTIFY, 3)}, 0, 0
}
, {"cspace_identifies_no_number", ON(CSPACE + A, CSPACE_IDENTIFY, ~0ull)}, -EINVAL, 0
}
, {"cspace_tells_its_limit", ON(CSPACE + A, CSPACE_LIMIT, ~0ull)}, 0, LIMIT
}
, {"cspace_limits_descriptors", ON(CSPACE + A, CSPACE_LIMIT, SLOT_FIXED + 1)}, -EINVAL, LIMIT
}
, {"cspace_keeps_flags", ON(CSPACE + A, CSPACE_FLAGS, 0, 0, ~0ull)}, 0, 0
}
, {"cspace_flags_of_nothing", ON(CSPACE + A, CSPACE_FLAGS, 3)}, -EBADF, 0
}
, {"cspace_closes_for_exec", ON(CSPACE + A, CSPACE_CLOSE_EXEC, 0)}, 0, ANYTHING
}
, {"cspace_routes_need_frames", ON(CSPACE + A, CSPACE_ROUTES, F(FRAMES - 1)), WITH_MEMORY}, -EINVAL,
    0
}
, {"cspace_routes_need_ram", ON(CSPACE + A, CSPACE_ROUTES, 0x10000), .sent = DEVICE}, -EINVAL, 0
}
, {"aspace_sets_rights", ON(ASPACE + A, ASPACE_PROTECT, USER_READ_ONLY, 1, ACCESS_READ, 1)}, 0,
    ANYTHING
}
, {"cspace_takes_routes", ON(CSPACE + A, CSPACE_ROUTES, F(0)), WITH_MEMORY}, 0, 0
}
, {"cspace_next", ON(CSPACE + A, CSPACE_NEXT, 1)}, 0, 1
}
, {"cspace_next_of_the_last", ON(CSPACE + A, CSPACE_NEXT, 3)}, 0, SLOT_NONE
}
, {"cspace_next_of_no_number", ON(CSPACE + A, CSPACE_NEXT, ~0ull)}, 0, SLOT_NONE
}
,

    {"thread_configures_none_that_runs", ON(THREAD + A, THREAD_CONFIGURE, 1)}, -EBADF, 0
}
,
    {"thread_configures_no_ready_one",
     ON(THREAD + B, THREAD_CONFIGURE, 1, 1, SLOT_NONE, SLOT_NONE, SLOT_NONE, SLOT_NONE)},
    -EBUSY, 0
}
, {"thread_runs_its_registers", ON(THREAD + A, THREAD_READ), .window = USER_MEMORY, .len = 600},
    -EBUSY, 0
}
, {"thread_registers_need_room", ON(THREAD + B, THREAD_READ), .window = USER_MEMORY, .len = 8},
    -EFAULT, 0
}
, {"thread_registers_need_memory", ON(THREAD + B, THREAD_READ), .window = FREE_PAGE, .len = 600},
    -EFAULT, 0
}
, {"thread_stops_another", ON(THREAD + B, THREAD_STOP)}, 0, 0
}
, {"thread_interrupts_another", ON(THREAD + B, THREAD_INTERRUPT)}, 0, 0
}
, {"thread_starts_twice", ON(THREAD + B, THREAD_START)}, 0, 0
}
,

    {"endpoint_mints", ON(ENDPOINT, ENDPOINT_MINT, 5), NEW}, 0, 0
}
, {"endpoint_mints_into_a_slot", ON(ENDPOINT, ENDPOINT_MINT, 5)}, -EINVAL, 0
}
, {"endpoint_restarts_in_two_ways", ON(ENDPOINT, ENDPOINT_RESTART, 2)}, -EINVAL, 0
}
, {"notification_signals_nobody", ON(SHOUT, NOTIFICATION_SIGNAL, 5)}, 0, 0
}
, {"notification_binds_once", ON(NOTE, NOTIFICATION_BIND), .sent = THREAD + A}, -EBUSY, 0
}
, {"notification_binds_to_one", ON(SHOUT, NOTIFICATION_BIND), .sent = THREAD + S}, -EBUSY, 0
}
, {"notification_binds_threads", ON(SHOUT, NOTIFICATION_BIND), .sent = POOL}, -EBADF, 0
}
, {"timer_arms", ON(TIMER, TIMER_ARM, ~0ull)}, 0, 0
}
, {"timer_cancels_what_is_not_armed", ON(TIMER, TIMER_CANCEL)}, 0, 0
}
, {"interrupt_acknowledges_nothing", ON(IRQ, INTERRUPT_ACK)}, 0, 0
}
, {"interrupt_binds_notifications", ON(IRQ, INTERRUPT_BIND), .sent = POOL}, -EBADF, 0
}
, {"reply_idle_copies_nothing", ON(REPLY, REPLY_COPY_IN)}, -EINVAL, 0
}
, {"reply_idle_is_not_cleared", ON(REPLY, REPLY_CLEAR)}, -EINVAL, 0
}
, {"machine_prints", ON(MACHINE, MACHINE_PRINT), .window = USER_MEMORY, .len = 300}, 0, 256
}
, {"machine_prints_what_is_there", ON(MACHINE, MACHINE_PRINT), .window = FREE_PAGE, .len = 3},
    -EFAULT, 0
}
, {"machine_keeps_its_promises", ON(MACHINE, MACHINE_CHECK)}, 0, 0
}
, {0},
}
;
