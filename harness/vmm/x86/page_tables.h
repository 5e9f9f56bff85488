// SPDX-License-Identifier: GPL-2.0-only
// Identity page tables for 64-bit mode.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mmuw::x86 {

// 6 tables: one PML4, one PDPT, four PDs of 2 MB pages over the first 4 GiB.
inline constexpr std::size_t kIdentityTableBytes = 6 * 4096;

// Writes them to area, which the guest sees at gpa (4 KB aligned); the PML4 comes first. A and D
// are set already: the guest's page walks write nothing.
void fill_identity_tables(std::span<std::byte> area, std::uint64_t gpa);

// One more table, behind those: small pages for the 2 MB from `first` on, with all rights.
inline constexpr std::size_t kSmallTable = 6;
// The table with the entries of the GiB that gpa is in.
constexpr std::size_t directory_of(std::uint64_t gpa) {
    return 2 + (gpa >> 30);
}
void add_small_table(std::span<std::byte> area, std::uint64_t gpa, std::uint64_t first);
std::uint64_t small_entry(std::uint64_t gpa, bool writable);
// Of a page directory: to a table, or a page of 2 MB, with all rights.
std::uint64_t directory_entry(std::uint64_t gpa, bool huge);

// The GiB behind the identity map, whose page directory is the guest's own: arch::OwnTables.
inline constexpr std::uint64_t kOwnTablesAddress = 4ULL << 30;
void link_own_table(std::span<std::byte> area, std::uint64_t directory);
std::uint64_t table_entry(std::uint64_t gpa, bool writable);
std::uint64_t leaf_entry(std::uint64_t gpa, bool huge, bool writable);
std::uint64_t walked_entry(std::uint64_t entry, bool write);

}  // namespace mmuw::x86
