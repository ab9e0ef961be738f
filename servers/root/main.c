/*
 * The root server: makes the others from the boot archive, then watches them.
 *
 * The kernel starts it with the slots of enum root_slot; it moves them to where
 * every server has them, so that the library's loop and stubs work here too.  It
 * receives at the lowest rank: once it is in its loop it calls nobody.
 */
#include "servers/root/root.h"

const struct boot_info *boot;

/* Errors before anything runs, or after all hope: the machine goes off. */
void root_fail(const char *what, const char *name, s64 number)
{
	server_print("root: %s %s (%ld)\n", what, name, number);
	call0(SERVER_MACHINE, MACHINE_OFF);
	for (;;)
		msg_yield();
}

static void move(slot_t to, slot_t from)
{
	call2(SERVER_CSPACE, CSPACE_MOVE, to, from);
}

/* The first four slots agree with enum server_slot; RAM goes first, it lies in the way. */
static void slots_arrange(void)
{
	call1(SERVER_CSPACE, CSPACE_LIMIT, SERVER_FREE);
	for (u32 i = 0; i < boot->nram; i++)
		move(ROOT_RAM + i, ROOT_SLOT_MEMORY + i);
	move(SERVER_DEVICE, ROOT_SLOT_DEVICE);
	move(SERVER_MACHINE, ROOT_SLOT_MACHINE);
}

/* Root's own endpoint, notification and timer. */
static void self_make(void)
{
	slot_t slot;

	slot = root_create(SERVER_POOL, OBJECT_ENDPOINT, SERVER_ID_ROOT, 0, SLOT_NONE);
	move(SERVER_ENDPOINT, slot);
	slot = root_create(SERVER_POOL, OBJECT_NOTIFICATION, 0, 0, SLOT_NONE);
	move(SERVER_NOTIFICATION, slot);
	slot = root_create(SERVER_POOL, OBJECT_TIMER, NOTIFY_TIMER, 0, SERVER_NOTIFICATION);
	move(SERVER_TIMER, slot);
	call_cap(SERVER_NOTIFICATION, NOTIFICATION_BIND, SERVER_THREAD, 0);
}

static const struct server root = {
	.name = "root",
	.fault = watch_fault,
	.notified = watch_notified,
	.replies = 8,
};

void server_main(const struct start_info *start)
{
	struct member manifest;

	boot = (const void *)start;
	slots_arrange();
	frames_init(boot);
	self_make();
	archive_map(boot);
	manifest = archive_find("manifest");
	if (!manifest.data)
		root_fail("no manifest in the", "boot archive", 0);
	manifest_read((const char *)manifest.data, manifest.bytes);
	make_servers();
	start_servers();
	watch_begin();
	server_run(&root);
}
