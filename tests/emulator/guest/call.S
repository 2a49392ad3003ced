/* u64 call_code(u64 argument): calls the code of a case as a C function; the result has a bit for each thing that it should have kept. */
#include "layout.h"

#define MXCSR_DEFAULT 0x1f80
#define MXCSR_FLAGS   0x3f
#define DIRECTION     0x400

    .macro check register, was, bit
    movq $\was, %rcx
    cmpq %rcx, %\register
    je 1f
    orl $1 << \bit, %eax
1:
    .endm

    .text
    .globl call_code
call_code:
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $8, %rsp                       /* the stack is aligned to 16 at the call */
    movl $MXCSR_DEFAULT, (%rsp)
    ldmxcsr (%rsp)
    movq %rsp, stack_before
    movq $0x0123456789abcde0, %rbx
    movq $0x0123456789abcde1, %rbp
    movq $0x0123456789abcde2, %r12
    movq $0x0123456789abcde3, %r13
    movq $0x0123456789abcde4, %r14
    movq $0x0123456789abcde5, %r15
    movl $CODE, %eax
    call *%rax
    xorl %eax, %eax
    check rbx, 0x0123456789abcde0, 0
    check rbp, 0x0123456789abcde1, 1
    check r12, 0x0123456789abcde2, 2
    check r13, 0x0123456789abcde3, 3
    check r14, 0x0123456789abcde4, 4
    check r15, 0x0123456789abcde5, 5
    cmpq stack_before, %rsp
    je 1f
    orl $1 << 6, %eax
    movq stack_before, %rsp
1:  stmxcsr (%rsp)
    movl (%rsp), %ecx
    andl $~MXCSR_FLAGS, %ecx
    cmpl $MXCSR_DEFAULT, %ecx
    je 1f
    orl $1 << 7, %eax
1:  pushfq
    popq %rcx
    testl $DIRECTION, %ecx
    je 1f
    orl $1 << 8, %eax
    cld
1:  addq $8, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    ret

    .bss
    .balign 8
stack_before: .skip 8
