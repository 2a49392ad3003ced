/* Exceptions are reported with the place in the code. A timer reports a function that does not return. */
#include "traps.h"
#include "console.h"
#include "layout.h"

#define VECTORS 33
#define TIMER   32
#define PERIOD  (1u << 26) /* instructions: a function may run for one to two periods */

enum { APIC_BASE = 0x1b, APIC_END = 0x80b, APIC_SPURIOUS = 0x80f, APIC_TIMER = 0x832, APIC_COUNT = 0x838, APIC_DIVIDE = 0x83e };

struct frame {
    u64 vector, error, rip, cs, rflags, rsp, ss;
};

struct gate {
    u16 offset_low, selector;
    u8 stack, type;
    u16 offset_middle;
    u32 offset_high, reserved;
};

struct __attribute__((packed)) task_state {
    u32 reserved0;
    u64 rsp[3], reserved1, ist[7], reserved2;
    u16 reserved3, io_map;
};

struct __attribute__((packed)) table_pointer {
    u16 limit;
    u64 base;
};

u64 current_case;

extern const u64 entries[VECTORS];
static struct gate gates[VECTORS];
static struct task_state task;
static u64 segments[6];
static u8 stack[8192] __attribute__((aligned(16)));

static const char *const names[TIMER] = {
    "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", 0, "#TS", "#NP", "#SS", "#GP", "#PF", 0,
    "#MF", "#AC", "#MC", "#XM", "#VE", "#CP",
};

enum { DATA = 0x10, CODE64 = 0x18, TASK = 0x20 };

static void set_stack_for_traps(void)
{
    /* Traps use a stack of their own: a function may keep values below its stack pointer, or have lost it. */
    task.ist[0] = (u64)(stack + sizeof stack);
    task.io_map = sizeof task;
    u64 base = (u64)&task;
    segments[DATA / 8] = 0x00cf93000000ffff;
    segments[CODE64 / 8] = 0x00af9b000000ffff;
    segments[TASK / 8] = (sizeof task - 1) | (base & 0xffffff) << 16 | 0x89ul << 40 | (base >> 24 & 0xff) << 56;
    struct table_pointer pointer = {sizeof segments - 1, (u64)segments};
    __asm__ volatile("lgdt %0; ltr %1" : : "m"(pointer), "r"((u16)TASK));
}

static void start_timer(void)
{
    write_msr(APIC_BASE, read_msr(APIC_BASE) | 0xc00);
    write_msr(APIC_SPURIOUS, 0x1ff);
    write_msr(APIC_DIVIDE, 0xb);
    write_msr(APIC_TIMER, TIMER | 0x20000);
    write_msr(APIC_COUNT, PERIOD);
    __asm__ volatile("sti");
}

void set_traps(void)
{
    for (u32 vector = 0; vector < VECTORS; vector++) {
        u64 entry = entries[vector];
        gates[vector] = (struct gate){entry, CODE64, 1, 0x8e, entry >> 16, entry >> 32, 0};
    }
    set_stack_for_traps();
    struct table_pointer pointer = {sizeof gates - 1, (u64)gates};
    __asm__ volatile("lidt %0" : : "m"(pointer));
    start_timer();
}

static int in_code(u64 rip)
{
    return rip >= CODE && rip < CODE + LARGE_PAGE;
}

/* Whether the timer finds the same call for the second time. */
static int overdue(const struct frame *frame)
{
    static u64 seen; /* one more than the case, or zero */
    u64 now = in_code(frame->rip) ? current_case + 1 : 0, before = seen;
    seen = now;
    return now != 0 && now == before;
}

void trap(const struct frame *frame)
{
    if (frame->vector == TIMER && !overdue(frame)) {
        write_msr(APIC_END, 0);
        return;
    }
    print("| case %d: ", current_case);
    if (frame->vector == TIMER) {
        print("no end after %d instructions,", (u64)PERIOD);
    } else {
        print("exception %d", frame->vector);
        if (names[frame->vector])
            print(" (%s)", names[frame->vector]);
    }
    if (frame->vector == 14) {
        u64 address;
        __asm__ volatile("mov %%cr2, %0" : "=r"(address));
        print(" for address 0x%x", address);
    }
    if (in_code(frame->rip))
        print(" at offset 0x%x of its code\n", frame->rip - CODE);
    else
        print(" at address 0x%x\n", frame->rip);
    print("| the run ends there\n");
    shut_down();
}
