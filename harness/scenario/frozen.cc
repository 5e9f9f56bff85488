// SPDX-License-Identifier: GPL-2.0-only
// The filesystem of guest memory is frozen, as for a snapshot of its disk: what vCPUs have written
// is on the disk, and until it is thawed they write no more.
#include <chrono>
#include <thread>
#include <vector>

#include "run/scenario_test.h"

namespace mmuw::frozen {

namespace {

using namespace std::chrono_literals;

class Frozen : public ScenarioTest {};

TEST_F(Frozen, WhatIsWrittenIsOnTheDisk) {
    constexpr std::uint64_t kPages = 32;
    constexpr unsigned kVcpus = 2;
    constexpr int kRounds = 4;
    // For a vCPU that still has a translation to write to.
    constexpr auto kMeanwhile = 5ms;
    if (!run_.scratch.mounted())
        GTEST_SKIP() << run_.scratch.directory() << " may be on a filesystem of others";
    // There, faults wait for no thaw either.
    if (const auto why = run_.scratch.filesystem().why_no_writeback(); !why.empty())
        GTEST_SKIP() << why;
    promise({"durable"});
    WitnessedFile& file = add_file(kPages);
    Guest& guest = start_guest(file, {.vcpus = kVcpus, .idle = guest::Idle::kStay});
    const auto written = [&] {
        std::vector<Expectation> all;
        append_written(guest, kPages, all);
        return all;
    };
    for (int round = 0; round < rounds(kRounds); round++) {
        for (unsigned vcpu = 0; vcpu < kVcpus; vcpu++)
            guest.start_writing(vcpu, 0, kPages,
                                {.order = guest::Order::kRandom, .seed = seed() + vcpu});
        let_write(guest);
        const bool stayed = file.freeze(
            run_.options.guard, [&] { std::this_thread::sleep_for(kMeanwhile); }, written);
        for (unsigned vcpu = 0; vcpu < kVcpus; vcpu++) guest.stop(vcpu);
        trial(stayed);
    }
}

}  // namespace

}  // namespace mmuw::frozen
