// Process 1: starts what the machine is for, and reaps what others leave behind.
#pragma once

// The shell, in all that init starts.
#define SHELL "/bin/sh"

// The commands of a `make exec`, put there by the runner.
#define EXEC_FILE "/etc/missive/exec"

// Runs EXEC_FILE and reports what happened in frames on the console. Returns when all is reported.
void exec_run(int commands);

// Starts a login shell on the console, and the next one when that ends. Does not return.
void login_loop(void) __attribute__((noreturn));

// Switches the machine off. Started as an ordinary process, on another system, init only ends.
void power_off(void) __attribute__((noreturn));

// Opens the console, waiting for no terminal's other end; ends init if there is none.
int console_open(void);

// A server that died may be back in a moment: so often and so long init waits for it.
enum { TRIES = 20, PAUSE_MS = 100 };
void pause_ms(long ms);
