// SPDX-License-Identifier: GPL-2.0-only
// A CPU may keep what it logs in a buffer of its own until the vCPU exits (Intel's PML). A ring's
// user has to see to it that it does; KVM_GET_DIRTY_LOG flushes the buffers itself, says api.rst.
// Here nobody kicks the vCPU before its log is collected.
#include <bit>

#include "run/own_cpu.h"
#include "run/scenario_test.h"
#include "vmm/arch.h"

namespace mmuw::buffered_log {

namespace {

constexpr std::uint64_t kPages = 64;
constexpr int kRounds = 20;

class BufferedLog : public ScenarioTest {
  protected:
    void SetUp() override {
        ScenarioTest::SetUp();
        if (arch::log_buffer_entries(run_.kvm) == 0)
            GTEST_SKIP() << "no CPU here keeps a log of its own (PML)";
    }

    // Each time the guest has written, and is idle in that way.
    void collect(DirtyLogKind kind, guest::Idle idle) {
        if (!supported(run_.kvm, kind)) return;
        WitnessedFile& file = add_file(kPages);
        Guest& guest =
            add_guest({.pages = kPages, .log = kind, .log_options = {.kick = false}, .idle = idle});
        Memslot& slot = guest.add_memory(0, kPages, file.file().mapping().get());
        guest.start();
        const OwnCpu own_cpu(guest.thread(0).tid());
        guest.log().enable(slot);
        for (int round = 0; round < rounds(kRounds); round++) {
            guest.write(0, 0, kPages);
            // The command is told to be done before the exit.
            if (is_parking(idle) && !guest.thread(0).wait_parked())
                throw std::runtime_error("the vCPU did not leave for userspace");
            mark_written(guest, slot, 0, kPages);
            static_cast<void>(guest.log().collect(slot));
            trial();
        }
        guest.thread(0).pause();  // it stays until the end, and is in nobody's way
    }
};

// Of a vCPU that has left for userspace, whichever way, nothing is kept back.
TEST_F(BufferedLog, IsFlushedByAnExit) {
    promise({"log-complete"});
    for (const auto kind : {DirtyLogKind::kBitmap, DirtyLogKind::kManual, DirtyLogKind::kRing})
        for (const auto idle : {guest::Idle::kPark, guest::Idle::kHalt}) collect(kind, idle);
}

// Of one that is in the guest, what the ioctl flushes. A ring has none.
TEST_F(BufferedLog, IsFlushedByTheCollection) {
    promise({"log-complete"});
    for (const auto kind : {DirtyLogKind::kBitmap, DirtyLogKind::kManual})
        collect(kind, guest::Idle::kStay);
}

// A ring is said to be full while there is room for a whole buffer: here it is neither empty nor
// full when one comes, and the next.
TEST_F(BufferedLog, HasRoomInARing) {
    constexpr std::uint64_t kMany = 1500, kBefore = 100;
    std::string why;
    if (!supported(run_.kvm, DirtyLogKind::kRing, &why)) GTEST_SKIP() << why;
    promise({"log-complete"});
    WitnessedFile& file = add_file(kMany);
    const std::uint32_t entries = std::bit_ceil(2 * arch::log_buffer_entries(run_.kvm));
    Guest& guest = add_guest(
        {.pages = kMany, .log = DirtyLogKind::kRing, .log_options = {.ring_entries = entries}});
    Memslot& slot = guest.add_memory(0, kMany, file.file().mapping().get());
    guest.start();
    guest.log().enable(slot);
    for (int round = 0; round < rounds(4); round++) {
        guest.write(0, 0, kBefore);
        guest.write(0, kBefore, kMany - kBefore);
        mark_written(guest, slot, 0, kMany);
        static_cast<void>(guest.log().collect(slot));
        trial();
    }
}

}  // namespace

}  // namespace mmuw::buffered_log
