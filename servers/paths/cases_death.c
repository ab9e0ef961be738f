#include "servers/paths/paths.h"
const struct test_case death_cases[] = {{0, 0, 0}};
