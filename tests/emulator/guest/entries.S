/* Where the processor enters for each exception and for the timer, and the way back after the timer. */
#define TIMER 32

    .altmacro
    .macro entry vector
entry\vector:
    /* Some exceptions push an error code; the others get a zero in its place. */
    .if (\vector != 8) & ((\vector < 10) | (\vector > 14)) & (\vector != 17) & (\vector != 21)
    pushq $0
    .endif
    pushq $\vector
    jmp enter
    .endm

    .macro address vector
    .quad entry\vector
    .endm

    .text
    .set vector, 0
    .rept TIMER + 1
    entry %vector
    .set vector, vector + 1
    .endr

enter:
    pushq %rax
    pushq %rcx
    pushq %rdx
    pushq %rsi
    pushq %rdi
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    cld
    leaq 72(%rsp), %rdi
    call trap
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rdi
    popq %rsi
    popq %rdx
    popq %rcx
    popq %rax
    addq $16, %rsp
    iretq

    .section .rodata
    .globl entries
    .balign 8
entries:
    .set vector, 0
    .rept TIMER + 1
    address %vector
    .set vector, vector + 1
    .endr
