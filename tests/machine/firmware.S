# The smallest thing that firmware boots: prints how many instructions came before it, in
# hexadecimal, by the firmware's own console, and switches off. What Missive's boot costs is
# counted from here.
    .text
    .globl _start
_start:
    rdinstret s0
    li      s1, 60
1:  srl     a0, s0, s1
    andi    a0, a0, 15
    addi    a0, a0, '0'
    li      t0, '9'
    ble     a0, t0, 2f
    addi    a0, a0, 'a' - '9' - 1
2:  li      a7, 1
    ecall
    addi    s1, s1, -4
    bgez    s1, 1b
    li      a0, '\n'
    ecall
    li      a7, 8
    ecall
    j       .
