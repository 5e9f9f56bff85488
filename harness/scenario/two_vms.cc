// SPDX-License-Identifier: GPL-2.0-only
// Two VMs on one file: writeback has to unmap a page from both, and each has its own way back.
#include "run/scenario_test.h"

namespace mmuw::two_vms {

namespace {

constexpr std::uint64_t kPages = 32;
constexpr int kRounds = 8;

class TwoVms : public ScenarioTest, public testing::WithParamInterface<Sync> {};

TEST_P(TwoVms, BothVmsWritesAreOnDisk) {
    promise({"durable", "tagged", "slow-path-dirty", "unmapped-when-clean", "retry-on-stale"});
    WitnessedFile& file = add_file(kPages);
    Guest* const guests[] = {&start_guest(file, {.first_lane = 0}),
                             &start_guest(file, {.first_lane = 1})};
    const auto written = [&] {
        std::vector<Expectation> all;
        for (const Guest* guest : guests) append_written(*guest, kPages, all);
        return all;
    };
    for (Guest* guest : guests)
        guest->start_writing(0, 0, kPages,
                             {.order = guest::Order::kRandom, .seed = seed() + guest->lane(0)});
    for (int round = 0; round < kRounds; round++) {
        file.sync(GetParam(), written);
        trial();
    }
    for (Guest* guest : guests) guest->stop(0);
    file.sync(GetParam(), written);
    file.settle();
    for (Guest* guest : guests) settle_dirty(file, *guest, kPages);
}

INSTANTIATE_TEST_SUITE_P(, TwoVms, testing::Values(Sync::kMsync, Sync::kFsync),
                         [](const auto& info) { return to_string(info.param); });

}  // namespace

}  // namespace mmuw::two_vms
