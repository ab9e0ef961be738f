# The program whose output is compared on two systems: the runner, and one file for each noun.
LINUXTEST_SRC := $(addprefix tests/linux/,main.c run.c init.c harness.c helper.c \
	files.c io.c stat.c descriptors.c dirs.c links.c rename.c \
	pipes.c fifos.c poll.c select.c \
	fork.c wait.c exec.c script.c groups.c \
	signals.c sigwait.c restart.c sigaltstack.c kill.c \
	creds.c perms.c memory.c protect.c filemap.c \
	time.c limits.c proc.c procfiles.c errors.c efault.c uname.c tty.c sched.c \
	threads.c futex.c locks.c setid.c)
