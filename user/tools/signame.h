// Signal names, without the SIG.
#pragma once

int signal_number(const char *text);            // name (with or without SIG) or number; -1: neither
const char *signal_name(int sig, char *buffer); // buffer: 16 bytes, for those without a name
