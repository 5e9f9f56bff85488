// SPDX-License-Identifier: GPL-2.0-only
// Guest and log collector take turns without a single exit in between: nothing but KVM's own flush
// makes the guest fault again on a page that was write-protected by the collection.
#include "run/own_cpu.h"
#include "run/scenario_test.h"

namespace mmuw::turns {

namespace {

constexpr std::uint64_t kPages = 64;
constexpr int kRounds = 20;

class Turns : public ScenarioTest, public testing::WithParamInterface<DirtyLogKind> {};

TEST_P(Turns, EveryWriteIsLoggedAndNothingElse) {
    std::string why;
    if (!supported(run_.kvm, GetParam(), &why)) GTEST_SKIP() << why;
    promise({"log-complete", "log-precise", "flush-on-protect"});

    WitnessedFile& file = add_file(kPages);
    Guest& guest = add_guest({.pages = kPages, .log = GetParam(), .idle = guest::Idle::kStay});
    Memslot& slot = guest.add_memory(0, kPages, file.file().mapping().get());
    guest.start();
    const OwnCpu own_cpu(guest.thread(0).tid());
    guest.log().enable(slot);
    static_cast<void>(guest.log().collect(slot));

    for (int round = 0; round < rounds(kRounds); round++) {
        // The lower half in each round, the upper half in every second.
        const std::uint64_t count = round % 2 == 0 ? kPages / 2 : kPages;
        // Twice: the exit of each fault of the first pass may flush the TLB (under emulation it
        // does); the second pass has none, and leaves writable entries for KVM to flush.
        guest.write(0, 0, count);
        guest.write(0, 0, count);
        std::vector<mmuwitness_mark> marks;
        for (std::uint64_t page = 0; page < count; page++)
            marks.push_back(
                make_mark(vm_id(guest), mark::Wrote{.slot = slot.id(), .gfn = slot.gfn() + page}));
        if (count < kPages)
            marks.push_back(make_mark(vm_id(guest), mark::Untouched{.slot = slot.id(),
                                                                    .gfn = slot.gfn() + count,
                                                                    .pages = kPages - count}));
        run_.witness.marks(marks);
        static_cast<void>(guest.log().collect(slot));
        trial();
    }
}

INSTANTIATE_TEST_SUITE_P(, Turns,
                         testing::Values(DirtyLogKind::kBitmap, DirtyLogKind::kManual,
                                         DirtyLogKind::kRing),
                         [](const auto& info) { return to_string(info.param); });

}  // namespace

}  // namespace mmuw::turns
