/* Linked before the kernel: its variables lie behind these. */
char kernel_data_first[16] = {1};
char kernel_bss_first[16];
