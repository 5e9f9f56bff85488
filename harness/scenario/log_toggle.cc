// SPDX-License-Identifier: GPL-2.0-only
// Dirty logging switched on and off under load: from the return of the ioctl that switches it on,
// no write may be missing; a migration that starts there must come out right.
#include "run/migration_copy.h"
#include "run/scenario_test.h"

namespace mmuw::log_toggle {

namespace {

constexpr std::uint64_t kPages = 64;
constexpr unsigned kVcpus = 2;
constexpr int kRounds = 5;

class LogToggle : public ScenarioTest, public testing::WithParamInterface<DirtyLogKind> {};

TEST_P(LogToggle, NothingIsMissedWhileOn) {
    std::string why;
    if (!supported(run_.kvm, GetParam(), &why)) GTEST_SKIP() << why;
    promise({"log-complete", "flush-on-protect"});

    WitnessedFile& file = add_file(kPages);
    Guest& guest = add_guest({.vcpus = kVcpus, .pages = kPages, .log = GetParam()});
    Memslot& slot = guest.add_memory(0, kPages, file.file().mapping().get());
    guest.start();
    for (unsigned vcpu = 0; vcpu < kVcpus; vcpu++)
        guest.start_writing(vcpu, 0, kPages,
                            {.order = guest::Order::kRandom, .seed = seed() + vcpu});
    for (int round = 0; round < rounds(kRounds); round++) {
        let_write(guest);
        guest.log().enable(slot);
        MigrationCopy copy(file.file(), kVcpus);
        copy.copy_all();
        copy.copy(guest.log().collect(slot));
        guest.pause();
        copy.copy(guest.log().collect(slot));
        run_.witness.marks(copy.compare(vm_id(guest), slot));
        guest.resume();
        guest.log().disable(slot);
        trial();
    }
    for (unsigned vcpu = 0; vcpu < kVcpus; vcpu++) guest.stop(vcpu);
}

INSTANTIATE_TEST_SUITE_P(, LogToggle,
                         testing::Values(DirtyLogKind::kBitmap, DirtyLogKind::kManual,
                                         DirtyLogKind::kRing),
                         [](const auto& info) { return to_string(info.param); });

}  // namespace

}  // namespace mmuw::log_toggle
