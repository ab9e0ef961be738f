/*
 * What runs out or goes at one point of a test: the use of it with that number, and those behind it
 * if it lasts. Not part of `sim`: it is the test's, not the world's.
 */
#include "sim.h"

struct lack_point lack;

bool sim_lacks(enum lack of)
{
    u64 n = lack.uses;

    if (of != lack.of)
        return false;
    lack.uses++;
    return lack.lasts ? n >= lack.at : n == lack.at;
}
