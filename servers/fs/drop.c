/*
 * Caches of the system: what fs holds itself, and the request to all to let go.
 *
 * fs caches one thing: the sessions of memory objects through which mmap is forwarded.
 */
#include "ipc/proto/memory.h"
#include "ipc/proto/pipe.h"
#include "ipc/proto/process.h"
#include "servers/fs/fs_server.h"

static void inode_drop(struct inode *i)
{
	if (is_type(i, S_IFREG) && !i->proc)
		content_sessions_drop(i);
}

/* Pages that the others gave back. */
s64 drop_caches(void)
{
	s64 pages = 0, n;

	inodes_sweep_all();
	inodes_each(inode_drop);
	n = call0(PIPE, PIPE_DROP);
	pages += n > 0 ? n : 0;
	n = call0(PROCESS, PROC_DROP);
	pages += n > 0 ? n : 0;
	n = call0(MEMORY, MEM_DROP);
	pages += n > 0 ? n : 0;
	return pages;
}

s64 drop_request(struct request *q, struct answer *a)
{
	(void)a;
	return caller_is_program(q) ? -EPERM : drop_caches();
}
