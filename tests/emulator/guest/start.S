/* From the reset vector to C: real mode, protected mode, page tables, long mode, and every vector extension switched on. */
#include "layout.h"

#define PRESENT_WRITABLE 0x03
#define LARGE            0x80

    .section .reset, "ax"
    .code16
    .globl reset
reset:
    jmp real_mode

    .text
real_mode:
    cli
    cld
    lgdtl %cs:(gdt_pointer - ROM)
    movl $0x11, %eax                    /* CR0: PE, ET */
    movl %eax, %cr0
    ljmpl $CODE32, $protected_mode

    .code32
protected_mode:
    movw $DATA, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    xorl %eax, %eax
    movl $bss_start, %edi
    movl $bss_end, %ecx
    subl %edi, %ecx
    shrl $2, %ecx
    rep stosl

    movl $level3 + PRESENT_WRITABLE, level4
    movl $level2 + PRESENT_WRITABLE, level3
    movl $level2 + 4096 + PRESENT_WRITABLE, level3 + 8
    movl $level1 + PRESENT_WRITABLE, level2
    movl $ROM + PRESENT_WRITABLE, %eax  /* small pages for the guest: a null pointer finds nothing */
    movl $level1 + ROM / 4096 * 8, %edi
1:  movl %eax, (%edi)
    addl $8, %edi
    addl $4096, %eax
    cmpl $CODE, %eax
    jb 1b
    movl $CODE + LARGE + PRESENT_WRITABLE, level2 + CODE / LARGE_PAGE * 8
    movl $NEW_CODE + LARGE + PRESENT_WRITABLE, level2 + NEW_CODE / LARGE_PAGE * 8
    movl $STACK + LARGE + PRESENT_WRITABLE, level2 + STACK / LARGE_PAGE * 8
    movl $REGIONS + LARGE + PRESENT_WRITABLE, %eax
    movl $level2 + REGIONS / LARGE_PAGE * 8, %edi
2:  movl %eax, (%edi)
    addl $8, %edi
    addl $LARGE_PAGE, %eax
    cmpl $MEMORY_END, %eax
    jb 2b

    movl $level4, %eax
    movl %eax, %cr3
    movl $0x40620, %eax                 /* CR4: PAE, OSFXSR, OSXMMEXCPT, OSXSAVE */
    movl %eax, %cr4
    movl $0xc0000080, %ecx              /* EFER: LME */
    rdmsr
    orl $0x100, %eax
    wrmsr
    movl $0x80000033, %eax              /* CR0: PG, NE, ET, MP, PE; caches on */
    movl %eax, %cr0
    ljmpl $CODE64, $long_mode

    .code64
long_mode:
    xorl %ecx, %ecx                     /* XCR0: x87, SSE, AVX, opmask, both parts of ZMM */
    xorl %edx, %edx
    movl $0xe7, %eax
    xsetbv
    movl $STACK_TOP, %esp
    call main

    .balign 8
gdt:
    .quad 0
    .set CODE32, . - gdt
    .quad 0x00cf9b000000ffff
    .set DATA, . - gdt
    .quad 0x00cf93000000ffff
    .set CODE64, . - gdt
    .quad 0x00af9b000000ffff
gdt_pointer:
    .word . - gdt - 1
    .long gdt

    .bss
    .balign 4096
level4: .skip 4096
level3: .skip 4096
level2: .skip 8192
level1: .skip 4096
