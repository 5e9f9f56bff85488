// SPDX-License-Identifier: GPL-2.0-only
// Dirty logging switched on and off under load: from the return of the ioctl that switches it on,
// no write may be missing; a migration that starts there must come out right.
#include <linux/kvm.h>

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

// A VMM has asked for a log that is cleared by hand and begins with all pages, and then for the one
// that it uses: the first one is forgotten.
class LogKindChanged : public ScenarioTest, public testing::WithParamInterface<DirtyLogKind> {};

TEST_P(LogKindChanged, TheLastOneCounts) {
    if (run_.kvm.mmu().reference) GTEST_SKIP() << "the reference MMU has no kinds to choose from";
    std::string why;
    if (!supported(run_.kvm, GetParam(), &why) ||
        !supported(run_.kvm, DirtyLogKind::kManualInitSet, &why))
        GTEST_SKIP() << why;
    promise({"log-complete", "log-precise"});
    WitnessedFile& file = add_file(kPages);
    Guest& guest = add_guest({.pages = kPages, .log = GetParam()});
    for (const std::uint64_t kind :
         {std::uint64_t{KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE | KVM_DIRTY_LOG_INITIALLY_SET},
          GetParam() == DirtyLogKind::kManual ? std::uint64_t{KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE}
                                              : std::uint64_t{0}})
        guest.vm().enable_capability(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, {kind},
                                     "KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2");
    Memslot& slot = guest.add_memory(0, kPages, file.file().mapping().get());
    guest.start();
    guest.log().enable(slot);
    for (int round = 0; round < kRounds; round++) {
        const std::uint64_t first = round % 2 == 0 ? 0 : kPages / 2;
        guest.write(0, first, kPages / 2);
        mark_written(guest, slot, first, kPages / 2);
        mark(guest,
             mark::Untouched{
                 .slot = slot.id(), .gfn = slot.gfn() + kPages / 2 - first, .pages = kPages / 2});
        static_cast<void>(guest.log().collect(slot));
        mark(guest, mark::Untouched{.slot = slot.id(), .gfn = slot.gfn(), .pages = kPages});
        static_cast<void>(guest.log().collect(slot));
        trial();
    }
}

INSTANTIATE_TEST_SUITE_P(, LogKindChanged,
                         testing::Values(DirtyLogKind::kBitmap, DirtyLogKind::kManual),
                         [](const auto& info) { return to_string(info.param); });

}  // namespace

}  // namespace mmuw::log_toggle
