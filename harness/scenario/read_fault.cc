// SPDX-License-Identifier: GPL-2.0-only
// The VMM writes through its own mapping, the guest reads (a read fault that may make a writable
// SPTE, since the host's PTE is writable by now), then the guest writes without another fault.
#include "backing/lanes.h"
#include "run/scenario_test.h"

namespace mmuw::read_fault {

namespace {

constexpr std::uint64_t kPages = 32;
constexpr int kRounds = 6;

class VmmWritesFirst : public ScenarioTest {
  protected:
    static void write_and_read(WitnessedFile& file, Guest& guest, std::uint64_t stamp) {
        for (std::uint64_t page = 0; page < kPages; page++)
            store_lane(file.file().page(page), kHostLane, stamp);
        guest.read(0, 0, kPages, kHostLane);
    }
    // Also what unmaps the pages from the guest for the next round.
    static void sync_both(WitnessedFile& file, const Guest& guest, Sync sync, std::uint64_t stamp) {
        file.sync(sync, [&] {
            std::vector<Expectation> written;
            append_written(guest, kPages, written);
            for (std::uint64_t page = 0; page < kPages; page++)
                written.push_back({.page = page, .lane = kHostLane, .stamp = stamp});
            return written;
        });
        file.settle();
    }
};

class ReadFault : public VmmWritesFirst, public testing::WithParamInterface<Sync> {};

TEST_P(ReadFault, GuestWriteAfterVmmWriteIsOnDisk) {
    promise({"durable", "tagged", "slow-path-dirty"});
    WitnessedFile& file = add_file(kPages);
    Guest& guest = start_guest(file, {});
    for (std::uint64_t round = 1; round <= kRounds; round++) {
        write_and_read(file, guest, round);
        guest.write(0, 0, kPages);
        sync_both(file, guest, GetParam(), round);
        trial();
    }
    settle_dirty(file, guest, kPages);
}

INSTANTIATE_TEST_SUITE_P(, ReadFault, testing::Values(Sync::kMsync, Sync::kFsync),
                         [](const auto& info) { return to_string(info.param); });

class LoggedReadFault : public VmmWritesFirst, public testing::WithParamInterface<DirtyLogKind> {};

// With the log on. What the read fault has made writable may be written by KVM's fast path, or
// without any fault: the log has it all the same. The upper half is read only, and what is marked
// of it is a false positive.
TEST_P(LoggedReadFault, WriteAfterReadIsLogged) {
    std::string why;
    if (!supported(run_.kvm, GetParam(), &why)) GTEST_SKIP() << why;
    promise({"durable", "tagged", "log-complete"});
    WitnessedFile& file = add_file(kPages);
    Guest& guest = add_guest({.pages = kPages, .log = GetParam()});
    Memslot& slot = guest.add_memory(0, kPages, file.file().mapping().get());
    guest.start();
    guest.log().enable(slot);
    static_cast<void>(guest.log().collect(slot));
    for (std::uint64_t round = 1; round <= kRounds; round++) {
        write_and_read(file, guest, round);
        guest.write(0, 0, kPages / 2);
        mark_written(guest, slot, 0, kPages / 2);
        static_cast<void>(guest.log().collect(slot));
        sync_both(file, guest, Sync::kMsync, round);
        trial();
    }
    settle_dirty(file, guest, kPages / 2);
}

INSTANTIATE_TEST_SUITE_P(, LoggedReadFault,
                         testing::Values(DirtyLogKind::kBitmap, DirtyLogKind::kManual,
                                         DirtyLogKind::kRing),
                         [](const auto& info) { return to_string(info.param); });

}  // namespace

}  // namespace mmuw::read_fault
