#include "servers/paths/paths.h"
const struct test_case capability_cases[] = {{0, 0, 0}};
