// SPDX-License-Identifier: GPL-2.0-only
// TableMap: which entries are written, and what the CPU has to have made of them.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <utility>

#include "run/table_map.h"

namespace mmuw {
namespace {

constexpr std::uint64_t kTable = 1, kLeaf = 2, kHuge = 4, kWritable = 8, kAccessed = 16,
                        kDirty = 32, kVersion = std::uint64_t{1} << 48;

arch::OwnTables tables(bool zero_first = false) {
    arch::OwnTables t{};
    t.table = [](std::uint64_t gpa, bool writable) {
        return gpa | kTable | (writable ? kWritable : 0);
    };
    t.leaf = [](std::uint64_t gpa, bool huge, bool writable) {
        return gpa | kLeaf | (huge ? kHuge : 0) | (writable ? kWritable : 0);
    };
    t.walked = [](std::uint64_t entry, bool write) {
        return entry | kAccessed | (write ? kDirty : 0);
    };
    t.zero_first = zero_first;
    t.ignored_most = 100;
    t.ignored_bit = kVersion;
    return t;
}

std::uint64_t gpa(std::uint64_t page) {
    return page << 12;
}
std::uint64_t nothing(const TableMap::At& /*at*/) {
    return 0;
}

constexpr int kChanges = 50;

TEST(TableMap, AddedEntriesMapNothingUntilAllowed) {
    std::mt19937_64 random(1);
    TableMap map(tables(), false, random, gpa);
    ASSERT_TRUE(map.add());
    for (const auto& [at, value] : map.entries()) EXPECT_EQ(value, 0U);
    for (const auto& [at, value] : map.accessed()) EXPECT_EQ(value, 0U);
    map.allow(TableMap::Rights::kRead, true);
    for (const auto& [at, value] : map.accessed())
        EXPECT_EQ(value & (kLeaf | kWritable | kAccessed | kDirty), kLeaf | kAccessed);
    map.allow(TableMap::Rights::kWrite, true);
    for (const auto& [at, value] : map.accessed())
        EXPECT_EQ(value & (kWritable | kAccessed | kDirty), kWritable | kAccessed | kDirty);
}

TEST(TableMap, HasRoomForSoManyEntries) {
    std::mt19937_64 random(1);
    TableMap map(tables(), false, random, gpa);
    std::uint64_t entries = 0;
    while (map.add()) entries += map.entries().size();
    EXPECT_EQ(entries, TableMap::kEntries);
}

// The CPU says in an entry what was done by it, and nothing else changes.
TEST(TableMap, AccessesAreOfTheEntryThatDecides) {
    std::mt19937_64 random(2);
    TableMap map(tables(), true, random, gpa);
    for (int i = 0; i < kChanges; i++) {
        const TableMap::Entries now = map.entries();
        map.change([&](const TableMap::At& at) { return now.at(at); });
        const TableMap::Entries accessed = map.accessed();
        for (const TableMap::Access& a : map.accesses()) {
            const std::uint64_t before = map.entries().at(a.at), after = accessed.at(a.at);
            EXPECT_EQ(before == 0, a.rights == TableMap::Rights::kNone);
            EXPECT_EQ(after & ~(kAccessed | kDirty), before & ~(kAccessed | kDirty));
            if (a.write && a.rights == TableMap::Rights::kWrite) EXPECT_NE(after & kDirty, 0U);
            if (before != 0) {
                const std::uint64_t leads_to = after % kVersion >> 12;
                EXPECT_TRUE((after & kHuge) != 0 ? a.page - leads_to < TableMap::kEntries
                                                 : leads_to == a.page);
            }
        }
    }
}

TEST(TableMap, UpperTableStaysNowAndThen) {
    std::mt19937_64 random(3);
    TableMap map(tables(), true, random, gpa);
    int stayed = 0;
    TableMap::Entries before;
    for (int i = 0; i < kChanges; i++) {
        map.change([&](const TableMap::At& at) { return before.at(at); });
        const TableMap::At upper{.table = TableMap::kUpper, .entry = 0};
        if (map.to_write().contains(upper)) {
            before = map.entries();
            continue;
        }
        stayed++;
        EXPECT_EQ(map.entries().at(upper), before.at(upper));
    }
    EXPECT_GT(stayed, 0);
    EXPECT_LT(stayed, kChanges);
}

TEST(TableMap, EntriesGrow) {
    std::mt19937_64 random(4);
    TableMap map(tables(), false, random, gpa);
    for (std::uint64_t i = 1; i <= tables().ignored_most; i++) {
        map.change(nothing);
        ASSERT_TRUE(map.grows());
        for (const auto& [at, value] : map.to_write())
            if (value != 0) EXPECT_EQ(value / kVersion, i);
    }
    map.change(nothing);
    EXPECT_FALSE(map.grows());
}

TEST(TableMap, ClearsAllFirstWhereTheCpuWantsIt) {
    std::mt19937_64 random(5);
    TableMap map(tables(true), true, random, gpa);
    for (int i = 0; i < kChanges; i++) {
        map.change(nothing);
        EXPECT_EQ(map.to_clear().size(), map.to_write().size());
    }
}

// Else only what leads to a page of another size than before.
TEST(TableMap, ClearsFirstWhatChangesItsSize) {
    std::mt19937_64 random(6);
    TableMap map(tables(), true, random, gpa);
    const TableMap::At huge{.table = TableMap::kUpper, .entry = 1};
    std::uint64_t is = 0;
    int cleared = 0;
    for (int i = 0; i < kChanges; i++) {
        map.change([&](const TableMap::At& at) { return at == huge ? is : 0; });
        const std::uint64_t was = std::exchange(is, map.entries().at(huge));
        const bool changes = i > 0 && ((was ^ is) & kHuge) != 0;
        if (i > 0) EXPECT_EQ(map.to_clear().size(), changes ? 1U : 0U);
        cleared += changes ? 1 : 0;
    }
    EXPECT_GT(cleared, 0);
}

}  // namespace
}  // namespace mmuw
