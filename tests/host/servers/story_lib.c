/* What every server links: strings, formats, badges. The server's own are asked by other names. */
#include "story.h"

#include "servers/lib/badge.h"

void *server_memcpy(void *to, const void *from, size_t n);
void *server_memmove(void *to, const void *from, size_t n);
void *server_memset(void *to, int c, size_t n);
int server_memcmp(const void *a, const void *b, size_t n);
size_t server_strlen(const char *s);
int server_strcmp(const char *a, const char *b);
int server_strncmp(const char *a, const char *b, size_t n);

#define BYTES 320u

static void fill(u8 *at)
{
    for (u32 i = 0; i < BYTES; i++)
        at[i] = (u8)(i * 7 + 1);
}

/* A copy within one piece of memory, byte by byte through another. */
static bool moves_right(u32 to, u32 from, u32 n, bool up)
{
    static u64 words[BYTES / 8];
    u8 *at = (u8 *)words, wanted[BYTES], saved[BYTES];

    fill(at), fill(wanted), fill(saved);
    for (u32 i = 0; i < n; i++)
        wanted[to + i] = saved[from + i];
    if (up)
        server_memcpy(at + to, at + from, n);
    else
        server_memmove(at + to, at + from, n);
    for (u32 i = 0; i < BYTES; i++)
        if (at[i] != wanted[i])
            return false;
    return true;
}

static void memory_is_moved_from_and_to_anywhere(void)
{
    for (u32 to = 96; to < 112; to++)
        for (u32 from = 90; from < 120; from++)
            for (u32 n = 0; n < 150; n += n < 20 ? 1 : 13) {
                expect_equal(moves_right(to, from, n, false), true, "memmove", to << 16 | from);
                if (to <= from || to >= from + n)
                    expect_equal(moves_right(to, from, n, true), true, "memcpy", to << 16 | from);
            }
}

static void memory_is_set_and_compared(void)
{
    static u64 words[BYTES / 8];
    u8 *at = (u8 *)words;

    for (u32 from = 0; from < 9; from++)
        for (u32 n = 0; n < 200; n += n < 20 ? 1 : 17) {
            fill(at);
            server_memset(at + from, 0x1a5, n);
            for (u32 i = 0; i < BYTES; i++)
                expect_equal(at[i], i - from < n ? 0xa5 : (u8)(i * 7 + 1), "a byte", i);
        }
    EXPECT(server_memcmp("abc", "abd", 2), 0);
    EXPECT(server_memcmp("abc", "abd", 3) < 0, true);
    EXPECT(server_memcmp("ab\377", "ab\1", 3) > 0, true);
}

static void strings_are_compared_and_cut(void)
{
    char to[4] = "xxx";

    EXPECT(server_strlen(""), 0);
    EXPECT(server_strlen("five."), 5);
    EXPECT(server_strcmp("a", "a"), 0);
    EXPECT(server_strcmp("a", "ab") < 0, true);
    EXPECT(server_strcmp("\377", "a") > 0, true);
    EXPECT(server_strncmp("abc", "abd", 2), 0);
    EXPECT(server_strncmp("abc", "abd", 0), 0);
    EXPECT(string_copy(to, "long", 0), 0);
    EXPECT(to[0], 'x');
    EXPECT(string_copy(to, "long", sizeof(to)), 3);
    EXPECT(strcmp(to, "lon"), 0);
}

static void texts_are_formatted(void)
{
    char to[64], odd[] = "%4s|%q%%%", none = 'x';

    EXPECT(format_text(to, sizeof(to), "%d %5d|%05d %lx %u%c", -7, -42, -42, ~0ul, 9u, '!'), 34);
    EXPECT(strcmp(to, "-7 -  42|-0042 ffffffffffffffff 9!"), 0);
    EXPECT(format_text(to, sizeof(to), odd, "ab"), 7);
    EXPECT(strcmp(to, "  ab|q%"), 0);
    EXPECT(format_text(to, 4, "%s", "too long"), 3);
    EXPECT(strcmp(to, "too"), 0);
    EXPECT(format_text(&none, 0, "text"), 0);
    EXPECT(none, 'x');
}

static void badges_of_a_full_table_are_found_once(void)
{
    static struct badge_entry entries[3];
    struct badge_table t = {.entry = entries, .size = 3};
    u64 badge[3];

    for (u32 i = 0; i < 3; i++)
        badge[i] = badge_take(&t, &entries[i]);
    EXPECT(badge_take(&t, &t), 0);
    for (u32 i = 0; i < 3; i++)
        EXPECT(badge_find(&t, badge[i]) == &entries[i], true);
    badge_release(&t, badge[1]);
    badge_release(&t, badge[1]);
    EXPECT(badge_find(&t, badge[1]) == 0, true);
    EXPECT(badge_find(&t, badge[1] + 7) == 0, true);
    EXPECT(badge_take(&t, &t) != badge[1], true);
    badge_release(&t, badge[1]);
    EXPECT(badge_take(&t, &t), 0);
}

const struct story stories_lib[] = {
    {"memory_is_moved_from_and_to_anywhere", memory_is_moved_from_and_to_anywhere, .once = true},
    {"memory_is_set_and_compared", memory_is_set_and_compared, .once = true},
    {"strings_are_compared_and_cut", strings_are_compared_and_cut, .once = true},
    {"texts_are_formatted", texts_are_formatted, .once = true},
    {"badges_of_a_full_table_are_found_once", badges_of_a_full_table_are_found_once, .once = true},
    {0},
};
