/* The servers' own loop, in a file that shows its tables to the fuzzer. */
#include "servers/lib/loop.c"

const struct server *sim_server(void);

const struct server *sim_server(void)
{
    return server;
}
