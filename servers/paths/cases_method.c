#include "servers/paths/paths.h"
const struct test_case method_cases[] = {{0, 0, 0}};
