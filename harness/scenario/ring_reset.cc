// SPDX-License-Identifier: GPL-2.0-only
// KVM_RESET_DIRTY_RINGS protects what was harvested in batches. A signal comes in the middle of
// one: whatever has been given back to KVM by then has to be protected all the same.
#include <linux/kvm.h>
#include <pthread.h>

#include <chrono>
#include <thread>

#include "director/gate.h"
#include "run/scenario_test.h"
#include "vmm/kick.h"

namespace mmuw::ring_reset {

namespace {

using namespace std::chrono_literals;

// kvm_dirty_ring_reset() gathers up to 64 pages, and looks for signals before each.
constexpr std::uint64_t kPages = 96;
constexpr int kRounds = 8;
constexpr auto kPatience = 200ms;

class RingReset : public ScenarioTest {};

TEST_F(RingReset, SignalBetweenBatchesLosesNothing) {
    std::string why;
    if (!supported(run_.kvm, DirtyLogKind::kRing, &why)) GTEST_SKIP() << why;
    if (why = missing_point({"spte-changed", "ioctl-begin"}); !why.empty()) GTEST_SKIP() << why;
    promise({"log-complete"});
    WitnessedFile& file = add_file(kPages);
    Guest& guest = add_guest({.pages = kPages, .log = DirtyLogKind::kRing});
    Memslot& slot = guest.add_memory(0, kPages, file.file().mapping().get());
    guest.start();
    guest.log().enable(slot);
    static_cast<void>(guest.log().collect(slot));

    const Actor resetter = host(guest, file);
    // The first SPTE of the first batch is protected: the pages of the next are still to come.
    // Nothing that an ioctl does before its beginning is told needs mmu_lock, which is held.
    Gate gate(run_.module, resetter.at("spte-changed", 0), resetter.at("ioctl-begin"));
    const auto signal_then_let_go = [&, self = pthread_self()] {
        static_cast<void>(gate.held_within(kPatience));
        pthread_kill(self, kKickSignal);
        static_cast<void>(guest.vm().check_extension(KVM_CAP_DIRTY_LOG_RING));
    };
    for (int round = 0; round < rounds(kRounds); round++) {
        guest.write(0, 0, kPages);
        mark_written(guest, slot, 0, kPages);
        if (round > 0) gate.arm();
        const std::jthread signaller(signal_then_let_go);
        static_cast<void>(guest.log().collect(slot));
        trial(gate.won());
    }
}

// What was harvested of a memslot that has gone by then concerns nobody any more; that of its
// neighbour is as before.
class RingEntries : public ScenarioTest {};

TEST_F(RingEntries, OfAMemslotThatHasGone) {
    std::string why;
    if (!supported(run_.kvm, DirtyLogKind::kRing, &why)) GTEST_SKIP() << why;
    promise({"log-complete"});
    WitnessedFile& file = add_file(2 * kPages);
    Guest& guest = add_guest({.pages = 2 * kPages, .log = DirtyLogKind::kRing});
    Memslot& stays = guest.add_memory(0, kPages, file.file().mapping().get());
    guest.start();
    guest.log().enable(stays);
    for (int round = 0; round < kRounds; round++) {
        Memslot& goes = guest.add_memory(kPages, kPages, file.file().page(kPages));
        guest.log().enable(goes);
        static_cast<void>(guest.log().collect(stays));
        // One of these, one of those.
        std::vector<guest::Command> commands;
        for (std::uint64_t page = 0; page < kPages; page++) {
            commands.push_back(Guest::write_command(page));
            commands.push_back(Guest::write_command(kPages + page));
        }
        static_cast<void>(guest.run(0, commands));
        mark_written(guest, stays, 0, kPages);
        guest.remove_memory(goes);
        static_cast<void>(guest.log().collect(stays));
        trial();
    }
}

}  // namespace

}  // namespace mmuw::ring_reset
