/*
 * The terminal server's own objects: the line, its open files, callers that wait.
 *
 * There is one line.  Bytes come in by interrupt, pass the line discipline (input.c)
 * into a ring from which reads take; what is written passes output processing
 * (output.c) into a ring that the UART empties.
 * T1: input bytes lie in [tail, head); those in [tail, canon) are complete lines.
 * T2: a waiter is on one list, in order of arrival, and holds a Reply.
 * T3: session and foreground are ids that the process table is asked about; 0: none.
 */
#pragma once

#include "ipc/proto/descriptor.h"
#include "ipc/proto/process_table.h"
#include "ipc/proto/terminal.h"
#include "servers/lib/badge.h"
#include "servers/lib/descriptor.h"
#include "servers/terminal/termios.h"

#define INPUT_BYTES 4096u
#define OUTPUT_BYTES 8192u
#define FILES_MAX 512u
#define WAITERS_MAX 256u

struct terminal {
	struct linux_termios termios;
	struct linux_winsize winsize;
	u32 session;    /* whose controlling terminal it is */
	u32 foreground; /* process group */
	u64 timebase_hz;
};
extern struct terminal terminal;

/* An open file description, or fs's session of a device. */
struct file {
	struct file *next; /* of all files */
	struct watch_list watches;
	u64 badge;
	u32 device;     /* enum terminal_device */
	u32 flags;      /* linux_open */
	bool is_device; /* opens are forwarded through it, nothing else */
};

/* A call that waits: it is tried again when something happened. */
struct waiter {
	struct waiter *next;
	struct request q; /* data_len is 0: what was delivered is gone */
	struct file *file;
	u64 done;     /* bytes written so far */
	u64 seen;     /* input bytes when the timer was set last */
	u64 deadline; /* ticks, NEVER */
};
#define NEVER (~0ull)

struct waiter_list {
	struct waiter *first;
	/* One more try: its result, or LATER; a reader fills the answer. */
	s64 (*try)(struct waiter *w, struct answer *a);
};
extern struct waiter_list readers, writers, drainers;

/* uart.c */
void uart_init(const struct start_info *start);
s32 uart_get(void);   /* a byte, or -1 */
bool uart_idle(void); /* it takes a FIFO full of bytes now */
void uart_put(u8 c);
u32 uart_fifo(void);
void uart_want_room(bool on);    /* interrupt when it takes more */
void uart_want_input(bool on);   /* interrupt when there is input */
void uart_interrupt_begin(void); /* before registers are looked at ... */
void uart_interrupt_end(void);   /* ... and when all is done */

/* output.c */
u32 output_room(void);
bool output_is_empty(void);
bool output_byte(u8 c); /* through output processing; false: no room */
void output_echo(u8 c); /* the same, lost when there is no room */
void output_push(void); /* to the UART, as far as it takes */
void output_wait(void); /* until it is empty, without interrupts: TERM_PRINT only */
void output_flush(void);
void output_stop(bool stopped);
bool output_is_stopped(void);
u32 output_column(void);
u32 output_queued(void);

/* input.c, erase.c */
struct input {
	u8 byte[INPUT_BYTES];
	bool delimiter[INPUT_BYTES]; /* newline, end of line, or end of file (byte 0) */
	u32 tail, canon, head;       /* count up; position is modulo INPUT_BYTES */
	u32 column;                  /* of the cursor when the current line began */
	bool literal;                /* ^V came before */
};
extern struct input input;
void input_byte(u8 c);
void input_flush(void);
void input_mode_changed(bool was_canonical);
u32 input_available(void); /* bytes that a read could have now */
/* Bytes of one read, at most max, into to; *eaten: what it takes off the ring. */
u32 input_peek(u8 *to, u32 max, u32 *eaten);
void input_eat(u32 eaten);
void input_uneat(u32 eaten);
bool input_is_crowded(void); /* bytes stay in the UART until something was read */
void echo_byte(u8 c);
void erase_byte(void);
void erase_word(void);
void erase_line(u8 c);
void line_reprint(void);
bool is_set(u32 flag_lflag);
u8 control_char(u32 index);

/* job.c: who may, by the process table. */
s32 job_check(u32 tag, u32 signal); /* background: 0, -EIO or -ERESTARTSYS */
bool job_is_controlling(u32 tag);
s64 job_acquire(u32 tag, bool steal);
void job_acquire_by_open(u32 tag);
s64 job_release(u32 tag);
s64 job_set_foreground(u32 tag, u32 group);
void job_signal(u32 signal); /* to the foreground group */

/* file.c */
void file_close(u64 badge);
struct file *file_find(u64 badge); /* 0: none, or a device session */
operation_fn file_open, file_device, file_poll, file_unpoll, file_name, file_stat, file_fcntl;
void files_wake(void);
u32 file_ready(void);
void open_undo(struct answer *a);

/* wait.c */
s64 waiter_start(struct waiter_list *l, struct waiter *w, struct answer *a);
void waiters_retry(struct waiter_list *l);
bool waiter_forget(slot_t reply, u64 *done);
void waiters_arm(void);
void waiters_timeout(void);
bool waiters_any(const struct waiter_list *l);

/* read.c, write.c, control.c */
operation_fn terminal_read, terminal_write, terminal_print, terminal_ioctl;
s64 read_try(struct waiter *w, struct answer *a);
s64 write_try(struct waiter *w, struct answer *a);
s64 drain_try(struct waiter *w, struct answer *a);
void read_commit(void);
void read_undo(void);
