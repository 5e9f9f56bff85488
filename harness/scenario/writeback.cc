// SPDX-License-Identifier: GPL-2.0-only
// What a guest wrote is on the disk when the host's sync returns, for each way to sync.
#include "run/scenario_test.h"

namespace mmuw::writeback {

namespace {

constexpr std::uint64_t kPages = 32;
constexpr int kRounds = 8;

class Writeback : public ScenarioTest, public testing::WithParamInterface<Sync> {
  protected:
    void SetUp() override {
        ScenarioTest::SetUp();
        promise({"durable", "tagged", "slow-path-dirty", "dirty-in-time", "dirty-reaches-folio",
                 "stable-page", "unmapped-when-clean", "retry-on-stale"});
    }
    static std::optional<bool> all_dirty(const std::vector<std::uint32_t>& flags) {
        if (flags.empty()) return {};
        return std::ranges::all_of(
            flags, [](std::uint32_t f) { return (f & MMUWITNESS_PAGE_DIRTY) != 0; });
    }
    std::vector<Expectation> written(const Guest& guest) {
        std::vector<Expectation> all;
        append_written(guest, kPages, all);
        return all;
    }
};

// The guest writes, the host syncs, in turns.
TEST_P(Writeback, GuestWritesReachTheDisk) {
    WitnessedFile& file = add_file(kPages);
    Guest& guest = start_guest(file, {});
    for (int round = 0; round < kRounds; round++) {
        guest.write(0, 0, kPages);
        file.sync(GetParam(), [&] { return written(guest); });
        file.settle();
        trial();
    }
    settle_dirty(file, guest, kPages);
}

// A page that was written back is write-protected everywhere: the next guest write must fault and
// dirty it again. The guest stays in guest mode throughout, so no exit flushes its TLB.
TEST_P(Writeback, WriteAfterWritebackIsDirtiedAgain) {
    WitnessedFile& file = add_file(kPages);
    Guest& guest = start_guest(file, {.idle = guest::Idle::kStay});
    for (int round = 0; round < kRounds; round++) {
        guest.write(0, 0, kPages);
        file.sync(GetParam(), [&] { return written(guest); });
        guest.write(0, 0, kPages);
        const auto flags = file.settle();
        trial(all_dirty(flags));
        file.sync(GetParam(), [&] { return written(guest); });
        file.settle();
    }
}

INSTANTIATE_TEST_SUITE_P(, Writeback, testing::ValuesIn(kEverySync),
                         [](const auto& info) { return to_string(info.param); });

using WriterCase = std::tuple<Sync, unsigned>;  // how, vCPUs

class ContinuousWriters : public ScenarioTest, public testing::WithParamInterface<WriterCase> {};

// vCPUs write all the time, each to its own lane of the same pages, while a thread syncs.
TEST_P(ContinuousWriters, SyncedWritesAreOnDisk) {
    promise({"durable", "tagged", "slow-path-dirty", "dirty-in-time", "dirty-reaches-folio",
             "stable-page", "unmapped-when-clean", "retry-on-stale"});
    const auto [sync, vcpus] = GetParam();
    WitnessedFile& file = add_file(kPages);
    Guest& guest = start_guest(file, {.vcpus = vcpus});
    const auto written = [&] {
        std::vector<Expectation> all;
        append_written(guest, kPages, all);
        return all;
    };
    for (unsigned vcpu = 0; vcpu < vcpus; vcpu++)
        guest.start_writing(vcpu, 0, kPages,
                            {.order = guest::Order::kRandom, .seed = seed() + vcpu});
    for (int round = 0; round < kRounds; round++) {
        file.sync(sync, written);
        trial();
    }
    for (unsigned vcpu = 0; vcpu < vcpus; vcpu++) guest.stop(vcpu);
    file.sync(sync, written);
    file.settle();
    settle_dirty(file, guest, kPages);
}

// Every sync, by turns under one vCPU and under two.
std::vector<WriterCase> writer_cases(bool rest) {
    std::vector<WriterCase> all;
    bool turn = false;
    for (const Sync sync : kEverySync) {
        turn = !turn;
        all.emplace_back(sync, turn != rest ? 2U : 1U);
    }
    return all;
}

std::string writer_name(const testing::TestParamInfo<WriterCase>& info) {
    return std::format("{}_{}vcpu", to_string(std::get<0>(info.param)), std::get<1>(info.param));
}

INSTANTIATE_TEST_SUITE_P(, ContinuousWriters, testing::ValuesIn(writer_cases(false)), writer_name);
INSTANTIATE_TEST_SUITE_P(Full, ContinuousWriters, testing::ValuesIn(writer_cases(true)),
                         writer_name);

}  // namespace

}  // namespace mmuw::writeback
