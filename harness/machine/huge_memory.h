// SPDX-License-Identifier: GPL-2.0-only
// Memory that is no file of ours, in pages as large as one page table maps, or as a table of such
// tables: what a KVM that may makes one SPTE of level 2 or 3 of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/mapping.h"
#include "machine/machine_guard.h"

namespace mmuw {

enum class HugeKind {
    kAnonymous,  // transparent huge pages of private memory
    kShared,     // of tmpfs (MAP_SHARED | MAP_ANONYMOUS)
    kHugetlb,    // hugetlbfs, shared
    kGigantic,   // hugetlbfs, shared; of level 3
};
// Those of which a scenario can afford many pages.
inline constexpr HugeKind kHugeKinds[] = {HugeKind::kAnonymous, HugeKind::kShared,
                                          HugeKind::kHugetlb};
std::string to_string(HugeKind kind);

// Bytes that one page table maps: a huge page.
std::size_t huge_bytes();
// Of one page of this kind.
std::size_t huge_bytes(HugeKind kind);

// Of this process' memory, as it is mapped now, by /proc/self/smaps.
std::uint64_t huge_pages_in(std::span<const std::byte> memory);

class HugeMemory {
  public:
    // At least so many small pages, aligned to one of that kind and filled with zeroes. The guard's
    // scope has what the machine has to allow for it. Unavailable if there are none to be had.
    HugeMemory(MachineGuard& guard, HugeKind kind, std::uint64_t pages);
    [[nodiscard]] std::span<std::byte> span() const { return {begin_, length_}; }
    [[nodiscard]] std::uint64_t huge_pages() const { return huge_pages_in(span()); }

  private:
    Mapping mapping_;
    std::byte* begin_ = nullptr;
    std::size_t length_;
};

}  // namespace mmuw
