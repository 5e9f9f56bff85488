// SPDX-License-Identifier: GPL-2.0-only
// A monitor asks KVM all the time which pages the guest has accessed, of small and of huge ones:
// what a fault has just mapped was accessed.
#include <sys/mman.h>

#include <chrono>
#include <span>
#include <thread>

#include "base/sys_error.h"
#include "machine/damon.h"
#include "machine/unavailable.h"
#include "run/scenario_test.h"

namespace mmuw::monitored {

namespace {

class Monitored : public ScenarioTest, public testing::WithParamInterface<MemoryKind> {};

TEST_P(Monitored, AccessesAreSeen) {
    using namespace std::chrono_literals;
    constexpr int kRounds = 6;
    constexpr std::uint64_t kSmall = 64;
    promise({"young"});
    try {
        const std::span<std::byte> memory = add_memory(GetParam(), kSmall, 2).bytes;
        const std::uint64_t pages = memory.size() / page_size();
        Guest& guest = add_guest({.pages = pages});
        const Memslot& slot = guest.add_memory(0, pages, memory.data());
        guest.start();
        guest.write(0, 0, pages);
        const GuardScope scope(run_.options.guard);
        const Damon damon(run_.options.guard, memory);
        for (int round = 0; round < kRounds; round++) {
            // New SPTEs, which are made accessed.
            if (mprotect(memory.data(), memory.size(), PROT_READ) != 0 ||
                mprotect(memory.data(), memory.size(), PROT_READ | PROT_WRITE) != 0)
                throw_errno("mprotect");
            guest.read(0, 0, pages);
            mark(guest, mark::Touched{.slot = slot.id(), .gfn = slot.gfn(), .pages = pages});
            // It need not be asked for all of them: the rule has to have seen it asked.
            std::this_thread::sleep_for(30ms);
            trial({});
        }
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
}

INSTANTIATE_TEST_SUITE_P(, Monitored,
                         testing::Values(MemoryKind::kFile, MemoryKind::kHugeAnonymous),
                         [](const auto& info) { return name_of(info.param); });
INSTANTIATE_TEST_SUITE_P(Full, Monitored,
                         testing::Values(MemoryKind::kHugeShared, MemoryKind::kHugetlb),
                         [](const auto& info) { return name_of(info.param); });

}  // namespace

}  // namespace mmuw::monitored
