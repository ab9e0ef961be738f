// Signals: traps, the interrupt key, and what a child gets to see of them.
#pragma once
#include <stdbool.h>

void trap_interactive(bool jobctl); // the dispositions of a shell at a terminal
void trap_poll(void);               // runs pending traps; an interrupt raises
bool trap_pending(void);            // a trapped signal came: `wait` has to return
int trap_pending_signal(void);
void trap_run_exit(void);
bool trap_any(void);          // some trap is set: this process cannot simply become another program
void trap_subshell(void);     // after fork: traps go back to default
void trap_exec_signals(void); // in a child that execs: nothing of the shell's stays ignored
void trap_background_signals(void); // in a background child without job control
int builtin_trap(int argc, char **argv);
