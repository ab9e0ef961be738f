/* The other end of the terminal server's line. */
#pragma once

#include "sim.h"

void line_types(const u8 *text, u32 len); /* bytes come in, with an interrupt */
void line_takes(u32 bytes);               /* so many go out, then the line is busy */
u32 line_sent(const u8 **bytes);          /* what went out since the last time */
u32 polls_waiting(void);
