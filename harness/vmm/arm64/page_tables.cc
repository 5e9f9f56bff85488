// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/arm64/page_tables.h"

#include <cstring>
#include <stdexcept>

namespace mmuw::arm64 {
namespace {

constexpr std::uint64_t kBlock = 1                          // valid
                                 | 3 << 8                   // SH: inner shareable
                                 | 1 << 10                  // AF
                                 | std::uint64_t{1} << 54;  // UXN
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

}  // namespace mmuw::arm64
