/* Runs the cases one after another, and compares memory with what was expected. The format is in ../README.md. */
#include "console.h"
#include "disk.h"
#include "layout.h"
#include "traps.h"

#define MAGIC         0x5345534143594f54 /* "TOYCASES", at the start of the file; ../run adds it at the end */
#define MOST_REGIONS  4096
#define MOST_FAILURES 20
#define SHOWN         8 /* bytes */
#define PAST_END      16 /* bytes */

static const char *const kept[] = {"rbx", "rbp", "r12", "r13", "r14", "r15", "rsp", "mxcsr", "the direction flag"};

static struct {
    u64 address, len;
} regions[MOST_REGIONS];

u64 call_code(u64 argument);

static void refuse(const char *why)
{
    print("| case %d: %s\n", current_case, why);
    shut_down();
}

/* The first byte that differs, or `len`. */
static u64 first_difference(const u8 *one, const u8 *other, u64 len)
{
    u64 i = skip_equal_words(one, other, len / 8);
    while (i < len && one[i] == other[i])
        i++;
    return i;
}

/* The emulator keeps decoded code, and must decode again what was written to: the same function once more is left as it is. */
static void read_code(void)
{
    static u64 last_len;
    u8 *code = (u8 *)CODE, *new_code = (u8 *)NEW_CODE;
    u64 len = read_u64();
    if (len == 0)
        refuse("no code");
    if (len > LARGE_PAGE - PAST_END)
        refuse("more than 2 MiB of code");
    read_bytes(new_code, len);
    if (len == last_len && first_difference(code, new_code, len) == len)
        return;
    copy(code, new_code, len);
    for (u64 i = 0; i < PAST_END; i++)
        code[len + i] = 0xcc; /* int3, for code that runs past its end */
    last_len = len;
}

static u64 read_case(u64 *argument)
{
    read_code();
    *argument = read_u64();
    u64 count = read_u64();
    if (count > MOST_REGIONS)
        refuse("more than 4096 regions");
    for (u64 i = 0; i < count; i++) {
        u64 address = read_u64();
        u64 len = read_u64();
        if (address < REGIONS || address > REGIONS_END || len > REGIONS_END - address)
            refuse("a region that does not lie between 16 and 512 MiB");
        regions[i].address = address;
        regions[i].len = len;
        read_bytes((void *)address, len);
        read_bytes((void *)(address + EXPECTED), len);
    }
    return count;
}

static void print_bytes(const u8 *bytes, u64 len)
{
    for (u64 i = 0; i < len && i < SHOWN; i++)
        print(" %b", bytes[i]);
}

static int compare_region(u64 index, int shown)
{
    u64 address = regions[index].address, len = regions[index].len;
    const u8 *found = (const u8 *)address, *expected = (const u8 *)(address + EXPECTED);
    u64 at = first_difference(found, expected, len);
    if (at == len)
        return 0;
    if (shown) {
        print("| case %d: region %d (0x%x), offset 0x%x: expected", current_case, index, address, at);
        print_bytes(expected + at, len - at);
        print(", found");
        print_bytes(found + at, len - at);
        print("\n");
    }
    return 1;
}

static int run_case(int shown)
{
    u64 argument;
    u64 count = read_case(&argument);
    u64 lost = call_code(argument);
    if (lost && shown) {
        print("| case %d: not kept:", current_case);
        for (u64 i = 0; i < sizeof kept / sizeof *kept; i++)
            if (lost >> i & 1)
                print(" %s", kept[i]);
        print("\n");
    }
    int failed = lost != 0;
    for (u64 i = 0; i < count; i++)
        failed |= compare_region(i, shown);
    return failed;
}

void main(void)
{
    set_traps();
    open_disk();
    u64 begin = instructions();
    if (read_u64() != MAGIC) {
        print("| not a file of cases\n");
        shut_down();
    }
    u64 count = read_u64(), failures = 0;
    for (current_case = 0; current_case < count; current_case++)
        failures += run_case(failures < MOST_FAILURES);
    if (read_u64() != MAGIC)
        print("| the file does not end with its last case\n");
    else if (failures == 0)
        print("| %d cases: all as expected\n", count);
    else
        print("| %d cases: %d not as expected\n", count, failures);
    print("# %d instructions\n", instructions() - begin);
    shut_down();
}
