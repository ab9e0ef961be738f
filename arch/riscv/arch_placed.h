/* Offsets in struct placed_server and placed_called (ipc/abi/placed.h), asserted in
 * placed/door.c. */
#pragma once

#define REQUEST_WORDS 0
#define REQUEST_BADGE 48
#define REQUEST_LABEL 56
#define REQUEST_TAG 64
#define REQUEST_REPLY 68
#define REQUEST_WINDOW_LEN 80
#define REQUEST_DATA_LEN 96
#define SERVER_ANSWER 104
#define ANSWER_FLAGS 156 /* SERVER_ANSWER included */
#define ANSWER_COPY 168
#define ANSWER_COPY_LEN 176
#define SERVER_OPERATIONS 184
#define SERVER_END 192
#define CALLED_CALLER 0
#define CALLED_SESSION 8
#define CALLED_ROUTE 16
#define CALLED_CALL 24
#define CALLED_DEPTH 32
#define ERROR_MOST 511 /* what is more means something to the kernel */
