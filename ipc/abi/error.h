/*
 * Every error of Missive, as an X-list: ERRORS(X) calls X(name, number, text).
 * Values are the Linux/riscv64 errno numbers (asm-generic); on the wire they are
 * negative.  The last group never reaches a program.
 */
#pragma once

/* clang-format off */
#define ERRORS(X) \
	X(EPERM, 1, "operation not permitted") \
	X(ENOENT, 2, "no such file or directory") \
	X(ESRCH, 3, "no such process, or the caller is dead") \
	X(EINTR, 4, "interrupted") \
	X(EIO, 5, "input or output error") \
	X(ENXIO, 6, "no such device") \
	X(E2BIG, 7, "argument list too long") \
	X(ENOEXEC, 8, "not an executable format") \
	X(EBADF, 9, "bad descriptor or slot") \
	X(ECHILD, 10, "no child processes") \
	X(EAGAIN, 11, "try again") \
	X(ENOMEM, 12, "out of memory") \
	X(EACCES, 13, "permission denied") \
	X(EFAULT, 14, "bad address") \
	X(EBUSY, 16, "busy") \
	X(EEXIST, 17, "exists") \
	X(EXDEV, 18, "cross-device link") \
	X(ENODEV, 19, "no such device") \
	X(ENOTDIR, 20, "not a directory") \
	X(EISDIR, 21, "is a directory") \
	X(EINVAL, 22, "invalid argument") \
	X(ENFILE, 23, "too many open files in the system") \
	X(EMFILE, 24, "too many open files") \
	X(ENOTTY, 25, "not a terminal") \
	X(ETXTBSY, 26, "text file busy") \
	X(EFBIG, 27, "file too large") \
	X(ENOSPC, 28, "no space left") \
	X(ESPIPE, 29, "illegal seek") \
	X(EROFS, 30, "read-only file system") \
	X(EMLINK, 31, "too many links") \
	X(EPIPE, 32, "broken pipe") \
	X(ERANGE, 34, "result too large") \
	X(EDEADLK, 35, "would deadlock: a call to the caller's own rank or above") \
	X(ENAMETOOLONG, 36, "name too long") \
	X(ENOLCK, 37, "no locks available") \
	X(ENOSYS, 38, "no such operation") \
	X(ENOTEMPTY, 39, "directory not empty") \
	X(ELOOP, 40, "too many symbolic links") \
	X(ENODATA, 61, "no data") \
	X(EOVERFLOW, 75, "value too large") \
	X(ENOTSOCK, 88, "not a socket") \
	X(EOPNOTSUPP, 95, "not supported") \
	X(ETIMEDOUT, 110, "timed out") \
	/* internal: restart codes (a routed call that was interrupted) and RETRY */ \
	X(ERESTARTSYS, 512, "restart if SA_RESTART, else EINTR") \
	X(ERESTARTNOINTR, 513, "restart always") \
	X(ERESTARTNOHAND, 514, "restart if no handler runs, else EINTR") \
	X(ERESTART_RESTARTBLOCK, 516, "restart a timed sleep with what is left of it") \
	X(ERETRY, 600, "raise the page fault that stopped the copy, then execute the call again")
/* clang-format on */

enum error_code {
#define X(name, number, text) name = number,
	ERRORS(X)
#undef X
};
