/*
 * Offsets of the message structures and operation numbers, for the assembler.
 *
 * Seen by call.S and by C, where each is asserted against the structure itself.
 */
#pragma once

#define STUB_OP_CALL -2048
#define STUB_OP_REPLY -2047
#define STUB_OP_RECV -2046
#define STUB_OP_REPLY_RECV -2045
#define STUB_OP_YIELD -2044
#define STUB_MSG_RECEIVE 4
#define STUB_REPLY_CALL 2828
#define STUB_ERETRY 600
#define STUB_ERESTARTNOINTR 513

#define MESSAGE_LABEL 48
#define MESSAGE_FLAGS 52
#define MESSAGE_DATA 56
#define MESSAGE_DATA_LEN 64
#define MESSAGE_SEND 72
#define MESSAGE_RECEIVE 76

#define DELIVERY_BADGE 48
#define DELIVERY_LABEL 56
#define DELIVERY_KIND 64
#define DELIVERY_TAG 72
#define DELIVERY_WINDOW_LEN 80
#define DELIVERY_CAP 88
#define DELIVERY_DELIVERED 96

#define ANSWER_LABEL 48
#define ANSWER_FLAGS 52
#define ANSWER_CAP 56
#define ANSWER_COPY 64
#define ANSWER_COPY_LEN 72

#define RECEIVE_ENDPOINT 0
#define RECEIVE_REPLY 4
#define RECEIVE_CAP 8
#define RECEIVE_SHIFT 12
#define RECEIVE_BUFFER 16

#ifndef __ASSEMBLER__
#include "servers/lib/call.h"

_Static_assert(STUB_OP_CALL == OP_CALL && STUB_OP_REPLY == OP_REPLY, "operations");
_Static_assert(STUB_OP_RECV == OP_RECV && STUB_OP_REPLY_RECV == OP_REPLY_RECV, "operations");
_Static_assert(STUB_OP_YIELD == OP_YIELD && STUB_MSG_RECEIVE == MSG_RECEIVE, "operations");
_Static_assert(STUB_REPLY_CALL == REPLY_CALL, "operations");
_Static_assert(STUB_ERETRY == ERETRY && STUB_ERESTARTNOINTR == ERESTARTNOINTR, "errors");
#define LAYOUT(type, field, offset) \
	_Static_assert(offsetof(struct type, field) == (offset), #type "." #field)
LAYOUT(message, label, MESSAGE_LABEL);
LAYOUT(message, flags, MESSAGE_FLAGS);
LAYOUT(message, data, MESSAGE_DATA);
LAYOUT(message, data_len, MESSAGE_DATA_LEN);
LAYOUT(message, send, MESSAGE_SEND);
LAYOUT(message, receive, MESSAGE_RECEIVE);
LAYOUT(delivery, badge, DELIVERY_BADGE);
LAYOUT(delivery, label, DELIVERY_LABEL);
LAYOUT(delivery, kind, DELIVERY_KIND);
LAYOUT(delivery, tag, DELIVERY_TAG);
LAYOUT(delivery, window_len, DELIVERY_WINDOW_LEN);
LAYOUT(delivery, cap, DELIVERY_CAP);
LAYOUT(delivery, delivered, DELIVERY_DELIVERED);
LAYOUT(answer, label, ANSWER_LABEL);
LAYOUT(answer, flags, ANSWER_FLAGS);
LAYOUT(answer, cap, ANSWER_CAP);
LAYOUT(answer, copy, ANSWER_COPY);
LAYOUT(answer, copy_len, ANSWER_COPY_LEN);
LAYOUT(receive, endpoint, RECEIVE_ENDPOINT);
LAYOUT(receive, reply, RECEIVE_REPLY);
LAYOUT(receive, cap, RECEIVE_CAP);
LAYOUT(receive, buffer_shift, RECEIVE_SHIFT);
LAYOUT(receive, buffer, RECEIVE_BUFFER);
#undef LAYOUT
#endif
