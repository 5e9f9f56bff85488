// SPDX-License-Identifier: GPL-2.0-only
// The VMM forks: the child has the memory as it was then, and whoever writes first has a copy.
#include "machine/unavailable.h"
#include "run/changed_memory.h"
#include "run/own_cpu.h"

namespace mmuw::fork_copies {

namespace {

class Fork : public ChangedMemory, public testing::WithParamInterface<MemoryKind> {};

TEST_P(Fork, ChildKeepsWhatItHas) {
    constexpr int kRounds = 4;
    try {
        make_memory(GetParam());
        start();
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
    const OwnCpu own_cpu(guest_->thread(0).tid());
    for (int round = 0; round < kRounds; round++) {
        const Pages pages = look_at(ranges()[0]);
        write(pages);
        ForkedChild child(places(pages));
        const auto then = must_;
        look(pages);
        if (round % 2 == 0) {
            guest_writes(pages);
            look(pages);
            host_writes(pages);
        } else {
            // The guest has the page that the child keeps.
            host_writes(pages);
            look(pages);
            guest_writes(pages);
        }
        look(pages);
        // Private memory is the child's own from the fork on, shared memory is everybody's.
        const auto now = must_;
        if (memory_.is_private()) must_ = then;
        child_sees(child, pages);
        must_ = now;
        trial();
    }
}

std::string case_name(const testing::TestParamInfo<MemoryKind>& info) {
    return name_of(info.param);
}

INSTANTIATE_TEST_SUITE_P(, Fork,
                         testing::Values(MemoryKind::kFile, MemoryKind::kAnonymous,
                                         MemoryKind::kHugeAnonymous),
                         case_name);
INSTANTIATE_TEST_SUITE_P(Full, Fork, testing::Values(MemoryKind::kHugeShared, MemoryKind::kHugetlb),
                         case_name);

}  // namespace

}  // namespace mmuw::fork_copies
