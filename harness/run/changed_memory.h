// SPDX-License-Identifier: GPL-2.0-only
// The frame of scenarios in which guest memory changes underneath: a guest that has it at two
// places, and what everybody who looks has to see.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "run/forked_child.h"
#include "run/memory_change.h"
#include "run/scenario_test.h"

namespace mmuw {

// No exit comes between a change and what the guest sees then: nothing but KVM's own flush ends the
// use of an old translation.
class ChangedMemory : public ScenarioTest {
  protected:
    using Pages = std::vector<std::uint64_t>;

    // Unavailable without.
    void make_memory(MemoryKind kind);
    // The memory is behind two memslots, one after the other, and all of it behind a third one
    // elsewhere in the guest: what happens to a range concerns several.
    void start(bool async_faults = false);

    [[nodiscard]] const Memslot& slot_at(std::uint64_t data_page) const;
    // Of a range: its ends, what is beside it, and some more anywhere.
    Pages look_at(const MemoryRange& r);
    // A page, several and all of it; of huge memory also one huge page, and some of two of them.
    [[nodiscard]] std::vector<MemoryRange> ranges() const;

    void write(const Pages& pages);
    void host_writes(const Pages& pages);
    // Twice at each place: the exit of a fault may flush the TLB (under emulation it does).
    void guest_writes(const Pages& pages);
    void collect();

    // Both sides look at all lanes of these pages.
    void look(const Pages& pages);
    // For a child that is made now, and what it has seen then.
    [[nodiscard]] std::vector<ForkedChild::Place> places(const Pages& pages) const;
    void child_sees(ForkedChild& child, const Pages& pages);
    // Page of the memory, seen at a data page of the guest.
    [[nodiscard]] mmuwitness_mark seen(std::uint64_t page, std::uint64_t at, unsigned lane,
                                       std::uint64_t stamp, std::uint64_t side);

    // What was there is gone, and nobody sees it again.
    void forget(const MemoryRange& r);
    // ... and what was behind it is there.
    void move_up(const MemoryRange& r);

    Memory memory_;
    Guest* guest_ = nullptr;
    std::uint64_t first_ = 0;  // the data page where the memory begins
    std::uint64_t alias_ = 0;  // the data page where all of the memory is a second time
    std::vector<Memslot*> slots_;
    std::vector<unsigned> lanes_;  // that are looked at: the guest's, the VMM's
    // By page and lane; never written, or gone: zeroes.
    std::map<std::uint64_t, std::map<unsigned, std::uint64_t>> must_;
    std::uint64_t host_stamp_ = 0;
    std::mt19937_64 random_;
};

}  // namespace mmuw
