// SPDX-License-Identifier: GPL-2.0-only
// The guest's own (stage 1) page table: an identity map of the first 4 GiB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mmuw::arm64 {

// One table of four 1 GiB blocks: level 1 is where a walk of 32-bit addresses begins. The guest's
// granule is 4 KB whatever the host's page size is.
inline constexpr std::size_t kIdentityTableBytes = 4 * sizeof(std::uint64_t);

// What goes with it.
inline constexpr std::uint64_t kTcr = 32                     // T0SZ: 32-bit addresses
                                      | 1 << 8               // IRGN0: walks are write-back,
                                      | 1 << 10              // ORGN0
                                      | 3 << 12              // SH0: and inner shareable
                                      | 1 << 23;             // EPD1: nothing in the upper half
inline constexpr std::uint64_t kTcrDirtyState = 3ULL << 39;  // HA, HD: where the CPU has them
inline constexpr std::uint64_t kMair = 0xff;  // attribute 0: normal memory, write-back

// Writes it to area. The access flag is set already, and there is no dirty state to keep: the
// guest's page walks write nothing.
void fill_identity_table(std::span<std::byte> area);

// The last GiB of it as one whose level 2 table is the guest's own: arch::OwnTables.
inline constexpr std::uint64_t kOwnTablesAddress = 3ULL << 30;
void link_own_table(std::span<std::byte> area, std::uint64_t table);
std::uint64_t table_entry(std::uint64_t gpa, bool writable);
std::uint64_t leaf_entry(std::uint64_t gpa, bool huge, bool writable);
std::uint64_t walked_entry(std::uint64_t entry, bool write);

}  // namespace mmuw::arm64
