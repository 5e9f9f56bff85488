// SPDX-License-Identifier: GPL-2.0-only
// A guest writes to a page again as soon as a sync of it has returned. It stays in guest mode, on a
// CPU of its own: an exit may flush its TLB, and with it what KVM forgot to flush. A write through
// what is left of the old translation dirties nothing, and no later sync finds it (thread 001).
#include "run/own_cpu.h"
#include "run/scenario_test.h"

namespace mmuw::write_behind {

namespace {

constexpr std::uint64_t kPages = 32;  // one a trial

class WriteBehind : public ScenarioTest {};

TEST_F(WriteBehind, WriteRightAfterASyncIsOnDisk) {
    promise({"durable", "unmapped-when-clean"});
    WitnessedFile& file = add_file(kPages);
    Guest& guest =
        start_guest(file, {.idle = guest::Idle::kStay, .policy = VcpuThread::Policy::kNormal});
    const OwnCpu own_cpu(guest.thread(0).tid());
    for (std::uint64_t page = 0; page < kPages; page++) {
        guest.write(0, page);
        file.sync(Sync::kFileRange, [] { return std::vector<Expectation>(); });
        guest.write(0, page);
        trial();
    }
    file.sync(Sync::kMsync, [&] {
        std::vector<Expectation> all;
        append_written(guest, kPages, all);
        return all;
    });
    file.settle();
}

}  // namespace

}  // namespace mmuw::write_behind
