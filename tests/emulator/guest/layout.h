/* Where things lie in the guest's memory. Physical and virtual addresses are the same; what is not listed is not mapped. */
#define ROM         0x000f0000  /* the guest's own code, 64 KiB, which end at the reset vector */
#define TABLES      0x00100000  /* its variables, 1 MiB */
#define CODE        0x00200000  /* the function of a case, at most 2 MiB with its constants */
#define STACK       0x00600000  /* 2 MiB, with a hole below */
#define STACK_TOP   0x00800000
#define NEW_CODE    0x00e00000  /* 2 MiB: the function as read, before it is known to differ from the last one */
#define REGIONS     0x01000000  /* what a case may name */
#define REGIONS_END 0x20000000
#define EXPECTED    0x20400000  /* what a region should hold in the end stands this far behind it; the emulator's TLB repeats every 8 MiB */
#define MEMORY_END  0x40400000

#define LARGE_PAGE  0x00200000
