// Prints how many instructions this hart has executed since power on (with ICOUNT=1 exactly that).
#include <stdio.h>

int main(void)
{
    unsigned long count;
    __asm__ volatile("rdinstret %0" : "=r"(count));
    printf("instret %lu\n", count);
    return 0;
}
