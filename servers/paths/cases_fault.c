#include "servers/paths/paths.h"
const struct test_case fault_cases[] = {{0, 0, 0}};
