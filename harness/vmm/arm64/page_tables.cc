// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/arm64/page_tables.h"

#include <cstring>
#include <stdexcept>

namespace mmuw::arm64 {
namespace {

constexpr std::uint64_t kValid = 1 << 0, kTableOrPage = 1 << 1, kReadOnly = 1 << 7,
                        kInnerShareable = 3 << 8, kAccessFlag = 1 << 10,
                        kDirtyBitModifier = 1ULL << 51, kUserNever = 1ULL << 54,
                        kTableReadOnly = 1ULL << 62;
constexpr std::uint64_t kBlock = kValid | kInnerShareable | kAccessFlag | kUserNever;
constexpr std::uint64_t kBlockBytes = 1 << 30;

}  // namespace

void fill_identity_table(std::span<std::byte> area) {
    if (area.size() < kIdentityTableBytes)
        throw std::invalid_argument("fill_identity_table: area too small");
    for (std::size_t i = 0; i < kIdentityTableBytes / sizeof kBlock; i++) {
        const std::uint64_t entry = i * kBlockBytes | kBlock;
        std::memcpy(area.data() + i * sizeof entry, &entry, sizeof entry);
    }
}

void link_own_table(std::span<std::byte> area, std::uint64_t table) {
    const std::uint64_t entry = table_entry(table, true);
    std::memcpy(area.data() + kOwnTablesAddress / kBlockBytes * sizeof entry, &entry, sizeof entry);
}

std::uint64_t table_entry(std::uint64_t gpa, bool writable) {
    return gpa | (writable ? 0 : kTableReadOnly) | kTableOrPage | kValid;
}

// What may be written, and is not dirty, is read-only with the modifier.
std::uint64_t leaf_entry(std::uint64_t gpa, bool huge, bool writable) {
    return gpa | kUserNever | (writable ? kDirtyBitModifier : 0) | kInnerShareable | kReadOnly |
           (huge ? 0 : kTableOrPage) | kValid;
}

std::uint64_t walked_entry(std::uint64_t entry, bool write) {
    return (entry | kAccessFlag) & ~(write ? kReadOnly : 0);
}

}  // namespace mmuw::arm64
