/* Linked behind the kernel: its variables lie before these. */
char kernel_data_last[16] = {1};
char kernel_bss_last[16];
