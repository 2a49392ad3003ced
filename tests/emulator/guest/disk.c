/* The file of cases is the first ATA disk. The emulator hands over a whole sector for each `rep insl`, so this is as fast as any way in. */
#include "disk.h"
#include "console.h"

#define SECTOR  512
#define SECTORS 256 /* the most that one command reads */

enum { DATA = 0x1f0, COUNT = 0x1f2, LBA_LOW, LBA_MIDDLE, LBA_HIGH, DRIVE, COMMAND, STATUS = COMMAND };
enum { BUSY = 0x80, REQUEST = 0x08, ERROR = 0x01, READ_SECTORS = 0x20, DRIVE_LBA = 0xe0 };

static u8 buffer[SECTORS * SECTOR];
static u64 unread;      /* bytes at the end of the buffer */
static u32 next_sector;

static void wait_for_sector(void)
{
    u8 status;
    do {
        status = in8(STATUS);
        if (!(status & BUSY) && (status & ERROR)) {
            print("| the file ends before its last case\n");
            shut_down();
        }
    } while ((status & (BUSY | REQUEST)) != REQUEST);
}

static void fill(void)
{
    out8(COUNT, SECTORS & 0xff);
    out8(LBA_LOW, next_sector);
    out8(LBA_MIDDLE, next_sector >> 8);
    out8(LBA_HIGH, next_sector >> 16);
    out8(DRIVE, DRIVE_LBA | next_sector >> 24);
    out8(COMMAND, READ_SECTORS);
    u8 *to = buffer;
    for (u32 sector = 0; sector < SECTORS; sector++) {
        wait_for_sector();
        u64 words = SECTOR / 4;
        __asm__ volatile("rep insl" : "+D"(to), "+c"(words) : "d"(DATA) : "memory");
    }
    next_sector += SECTORS;
    unread = sizeof buffer;
}

void read_bytes(void *to, u64 len)
{
    while (len > 0) {
        if (unread == 0)
            fill();
        u64 part = len < unread ? len : unread;
        copy(to, buffer + sizeof buffer - unread, part);
        to = (u8 *)to + part;
        unread -= part;
        len -= part;
    }
}

u64 read_u64(void)
{
    u64 value;
    if (unread >= sizeof value) {
        value = *(const u64 *)(buffer + sizeof buffer - unread);
        unread -= sizeof value;
        return value;
    }
    read_bytes(&value, sizeof value);
    return value;
}
