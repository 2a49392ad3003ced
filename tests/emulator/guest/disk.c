/* The file of cases is the first ATA disk. It writes into memory by itself (PCI bus master), one part while the cases of the last one run. */
#include "disk.h"
#include "console.h"

#define SECTOR  512
#define SECTORS 256 /* the most that one command reads */
#define HALF    (SECTORS * SECTOR / 2) /* 64 KiB: the most that one descriptor describes */

enum { PCI_ADDRESS = 0xcf8, PCI_DATA = 0xcfc, IDE = 0x80000900 /* bus 0, device 1, function 1 */ };
enum { PCI_COMMAND = 0x04, PCI_PORTS = 0x20 };
enum { DMA_COMMAND = 0xc000, DMA_STATUS = 0xc002, DMA_TABLE = 0xc004 };
enum { DMA_READ = 0x09, DMA_ACTIVE = 0x01, DMA_CLEAR = 0x06, DMA_LAST = 1u << 31 };
enum { COUNT = 0x1f2, LBA_LOW, LBA_MIDDLE, LBA_HIGH, DRIVE, COMMAND, STATUS = COMMAND };
enum { DRIVE_LBA = 0xe0, READ_DMA = 0xc8, ERROR = 0x01 };

static u8 buffers[2][SECTORS * SECTOR] __attribute__((aligned(HALF)));
static struct {
    u32 address, len; /* a length of zero is 64 KiB */
} descriptors[2] __attribute__((aligned(8)));
static u32 coming; /* the buffer that the disk writes to */
static u32 next_sector;
static const u8 *unread, *unread_end;

static void write_pci(u32 reg, u32 value)
{
    out32(PCI_ADDRESS, IDE + reg);
    out32(PCI_DATA, value);
}

static void start(void)
{
    descriptors[0].address = (u64)buffers[coming];
    descriptors[1].address = (u64)buffers[coming] + HALF;
    descriptors[1].len = DMA_LAST;
    out32(DMA_TABLE, (u64)descriptors);
    out8(DMA_STATUS, DMA_CLEAR);
    out8(COUNT, SECTORS & 0xff);
    out8(LBA_LOW, next_sector);
    out8(LBA_MIDDLE, next_sector >> 8);
    out8(LBA_HIGH, next_sector >> 16);
    out8(DRIVE, DRIVE_LBA | next_sector >> 24);
    out8(COMMAND, READ_DMA);
    out8(DMA_COMMAND, DMA_READ);
    next_sector += SECTORS;
}

static void next_buffer(void)
{
    while (in8(DMA_STATUS) & DMA_ACTIVE) {
        if (in8(STATUS) & ERROR) {
            print("| the file ends before its last case\n");
            shut_down();
        }
    }
    out8(DMA_COMMAND, 0);
    unread = buffers[coming];
    unread_end = unread + sizeof *buffers;
    coming ^= 1;
    start();
}

void open_disk(void)
{
    write_pci(PCI_PORTS, DMA_COMMAND);
    write_pci(PCI_COMMAND, 5); /* answers at its ports, writes to memory */
    start();
}

void read_bytes(void *to, u64 len)
{
    while (len > 0) {
        if (unread == unread_end)
            next_buffer();
        u64 left = unread_end - unread, part = len < left ? len : left;
        copy(to, unread, part);
        to = (u8 *)to + part;
        unread += part;
        len -= part;
    }
}

u64 read_u64(void)
{
    u64 value;
    if (unread_end - unread >= (long)sizeof value) {
        value = *(const u64 *)unread;
        unread += sizeof value;
    } else {
        read_bytes(&value, sizeof value);
    }
    return value;
}
