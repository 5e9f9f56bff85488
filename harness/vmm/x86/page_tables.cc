// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/x86/page_tables.h"

#include <cstring>
#include <stdexcept>

namespace mmuw::x86 {
namespace {

constexpr std::uint64_t kPresent = 1 << 0, kWritable = 1 << 1, kUser = 1 << 2, kAccessed = 1 << 5,
                        kDirty = 1 << 6, kPageSize = 1 << 7;
// A guest's guest has them for its nested page tables, and its accesses are a user's there.
constexpr std::uint64_t kTable = kAccessed | kUser | kWritable | kPresent;
constexpr std::uint64_t kPage = kPageSize | kDirty | kTable;
constexpr std::size_t kEntries = 512;
constexpr std::size_t kDirectories = 4;
constexpr std::uint64_t kLargePage = 2 << 20;

void set(std::span<std::byte> area, std::size_t table, std::size_t index, std::uint64_t entry) {
    std::memcpy(area.data() + (table * kEntries + index) * sizeof entry, &entry, sizeof entry);
}

}  // namespace

void fill_identity_tables(std::span<std::byte> area, std::uint64_t gpa) {
    if (area.size() < kIdentityTableBytes)
        throw std::invalid_argument("fill_identity_tables: area too small");
    std::memset(area.data(), 0, kIdentityTableBytes);
    set(area, 0, 0, (gpa + 0x1000) | kTable);
    for (std::size_t d = 0; d < kDirectories; d++) {
        set(area, 1, d, (gpa + 0x2000 + d * 0x1000) | kTable);
        for (std::size_t i = 0; i < kEntries; i++)
            set(area, 2 + d, i, (d * kEntries + i) * kLargePage | kPage);
    }
}

void add_small_table(std::span<std::byte> area, std::uint64_t gpa, std::uint64_t first) {
    const std::uint64_t large = first / kLargePage;
    set(area, directory_of(first), large % kEntries,
        directory_entry(gpa + kSmallTable * 0x1000, false));
    for (std::size_t i = 0; i < kEntries; i++)
        set(area, kSmallTable, i, small_entry(first + i * 0x1000, true));
}

std::uint64_t small_entry(std::uint64_t gpa, bool writable) {
    return gpa | kDirty | kAccessed | kUser | (writable ? kWritable : 0) | kPresent;
}

std::uint64_t directory_entry(std::uint64_t gpa, bool huge) {
    return gpa | (huge ? kPage : kTable);
}

void link_own_table(std::span<std::byte> area, std::uint64_t directory) {
    set(area, 1, kOwnTablesAddress >> 30, directory | kTable);
}

std::uint64_t table_entry(std::uint64_t gpa, bool writable) {
    return gpa | (writable ? kWritable : 0) | kPresent;
}

std::uint64_t leaf_entry(std::uint64_t gpa, bool huge, bool writable) {
    return gpa | (huge ? kPageSize : 0) | (writable ? kWritable : 0) | kPresent;
}

std::uint64_t walked_entry(std::uint64_t entry, bool write) {
    return entry | kAccessed | (write ? kDirty : 0);
}

}  // namespace mmuw::x86
