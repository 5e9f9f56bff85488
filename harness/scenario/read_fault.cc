// SPDX-License-Identifier: GPL-2.0-only
// The VMM writes through its own mapping, the guest reads (a read fault that may make a writable
// SPTE, since the host's PTE is writable by now), then the guest writes without another fault.
#include "backing/lanes.h"
#include "scenario/scenario_test.h"

namespace mmuw {

namespace {

constexpr std::uint64_t kPages = 32;
constexpr int kRounds = 6;

class ReadFault : public ScenarioTest, public testing::WithParamInterface<Sync> {};

TEST_P(ReadFault, GuestWriteAfterVmmWriteIsOnDisk) {
    promise({"durable", "tagged", "slow-path-dirty"});
    WitnessedFile& file = add_file(kPages);
    Guest& guest = start_guest(file, {});
    for (std::uint64_t round = 1; round <= kRounds; round++) {
        for (std::uint64_t page = 0; page < kPages; page++)
            store_lane(file.file().page(page), kHostLane, round);
        guest.read(0, 0, kPages, kHostLane);
        guest.write(0, 0, kPages);
        // Also what unmaps the pages from the guest for the next round.
        file.sync(GetParam(), [&] {
            std::vector<Expectation> written;
            append_written(guest, kPages, written);
            for (std::uint64_t page = 0; page < kPages; page++)
                written.push_back({.page = page, .lane = kHostLane, .stamp = round});
            return written;
        });
        file.settle();
        trial();
    }
}

INSTANTIATE_TEST_SUITE_P(, ReadFault, testing::Values(Sync::kMsync, Sync::kFsync),
                         [](const auto& info) { return to_string(info.param); });

}  // namespace

}  // namespace mmuw
