// SPDX-License-Identifier: GPL-2.0-only
// What can happen to memory under a running guest, by the VMM's hand: a new change is one row more,
// and meets every kind of memory that it applies to.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "run/memory.h"

namespace mmuw {

// Of a memory, in pages.
struct MemoryRange {
    std::uint64_t first, pages;
};

// What becomes of the bytes of a range. Closed up: what is behind it takes its place, with zeroes
// at the end.
enum class Then { kKept, kZero, kClosedUp };

struct MemoryChange {
    const char* name;
    Then (*make)(const Memory& memory, const MemoryRange& range);  // Unavailable: not here
    std::set<MemoryKind> kinds;
    // What has to be so before the guest uses the memory that is then changed; NULL: nothing.
    void (*prepare)(const Memory& memory) = nullptr;
    bool to_the_end = false;       // it concerns all that is behind the range as well
    bool reclaims = false;         // what is private goes to swap space
    bool full_suite_huge = false;  // of huge pages it takes long, or shows little more
};

const std::vector<MemoryChange>& memory_changes();

}  // namespace mmuw
