// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/x86/page_tables.h"

#include <cstring>
#include <stdexcept>

namespace mmuw::x86 {
namespace {

constexpr std::uint64_t kTable = 0x23;  // A RW P
constexpr std::uint64_t kPage = 0xe3;   // PS D A RW P
constexpr std::size_t kEntries = 512;
constexpr std::size_t kDirectories = 4;
constexpr std::uint64_t kLargePage = 2 << 20;

}  // namespace

void fill_identity_tables(std::span<std::byte> area, std::uint64_t gpa) {
    if (area.size() < kIdentityTableBytes)
        throw std::invalid_argument("fill_identity_tables: area too small");
    const auto set = [&](std::size_t table, std::size_t index, std::uint64_t entry) {
        std::memcpy(area.data() + (table * kEntries + index) * sizeof entry, &entry, sizeof entry);
    };
    std::memset(area.data(), 0, kIdentityTableBytes);
    set(0, 0, (gpa + 0x1000) | kTable);
    for (std::size_t d = 0; d < kDirectories; d++) {
        set(1, d, (gpa + 0x2000 + d * 0x1000) | kTable);
        for (std::size_t i = 0; i < kEntries; i++)
            set(2 + d, i, (d * kEntries + i) * kLargePage | kPage);
    }
}

}  // namespace mmuw::x86
