# The examples: one program in its own file for each idea, linked into one binary with many names.
EXAMPLES_SRC := user/examples/main.c user/examples/proc.c \
	user/examples/fork-twice.c user/examples/fork-exec-wait.c user/examples/exit-vs-_exit.c \
	user/examples/pipe-parent-child.c user/examples/fifo-strangers.c user/examples/sigpipe.c \
	user/examples/sparse-mmap.c user/examples/cow.c user/examples/zombie.c \
	user/examples/orphan.c user/examples/process-tree.c user/examples/signals.c \
	user/examples/poll.c
