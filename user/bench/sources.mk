# The system-call half of the benchmark: one program, one file for each noun that it measures.
BENCH_SRC := $(addprefix user/bench/,main.c measure.c counter.c load.c entry.S work.c \
	files.c pipes.c processes.c memory.c signals.c switches.c polls.c)
