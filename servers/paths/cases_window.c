#include "servers/paths/paths.h"
const struct test_case window_cases[] = {{0, 0, 0}};
