/*
 * What servers of descriptors answer alike: the calls that their descriptors have no
 * use for, and the flags that fcntl reads and sets.
 */
#include "servers/lib/descriptor.h"

#define REFUSAL(name, error)                          \
	s64 name(struct request *q, struct answer *a) \
	{                                             \
		(void)q;                              \
		(void)a;                              \
		return error;                         \
	}

REFUSAL(refuse_seek, -ESPIPE)
REFUSAL(refuse_invalid, -EINVAL)
REFUSAL(refuse_listing, -ENOTDIR)
REFUSAL(refuse_mapping, -ENODEV)
REFUSAL(refuse_change, -EPERM)

s64 fcntl_flags(const struct request *q, u32 *flags, u32 settable)
{
	switch (q->word[1]) {
	case LINUX_F_GETFL:
		return *flags;
	case LINUX_F_SETFL:
		*flags = (*flags & ~settable) | ((u32)q->word[2] & settable);
		return 0;
	case LINUX_F_GETOWN:
	case LINUX_F_SETOWN:
		return 0;
	default:
		return -EINVAL;
	}
}
