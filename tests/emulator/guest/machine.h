/* Types, and the instructions that C has no words for. */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

static inline void out8(u16 port, u8 value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory"); }

static inline void out32(u16 port, u32 value) { __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory"); }

static inline u8 in8(u16 port)
{
    u8 value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline void write_msr(u32 msr, u64 value)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

static inline u64 read_msr(u32 msr)
{
    u32 low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (u64)high << 32 | low;
}

/* The emulator advances the clock by one for each instruction. */
static inline u64 instructions(void)
{
    u32 low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (u64)high << 32 | low;
}

/* What the emulator does is paid by the instruction, not by the byte: hence words, and `rep`. */
static inline void copy(void *to, const void *from, u64 len)
{
    u64 words = len / 8, bytes = len % 8;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

/* The bytes in the words before the first that differs, or `words * 8`. */
static inline u64 skip_equal_words(const void *one, const void *other, u64 words)
{
    const void *start = one;
    u8 differs;
    /* The comparison sets ZF first: without words nothing differs. */
    __asm__("cmpq %%rax, %%rax; repe cmpsq" : "+S"(one), "+D"(other), "+c"(words), "=@ccne"(differs) : : "memory");
    return (const u8 *)one - (const u8 *)start - 8 * differs;
}
