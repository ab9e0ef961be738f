/* Lists whose members know where they are linked: each can leave by itself. */
#pragma once

#include <stdint.h>

struct link {
	struct link *next;
	struct link **at; /* what names it: the list's head, or the next of the one before; or 0 */
};

static inline void list_add(struct link **list, struct link *l)
{
	l->next = *list;
	l->at = list;
	if (l->next)
		l->next->at = &l->next;
	*list = l;
}

/* l may be in no list. */
static inline void list_remove(struct link *l)
{
	if (!l->at)
		return;
	*l->at = l->next;
	if (l->next)
		l->next->at = l->at;
	l->next = 0;
	l->at = 0;
}
