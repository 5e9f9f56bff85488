// SPDX-License-Identifier: GPL-2.0-only
// Two vCPUs in a fault on the same page, both with their pfn: one writes and installs the SPTE, the
// other one, which reads, finds it there. Then the log is switched on (thread 002).
#include "director/gate.h"
#include "run/own_cpu.h"
#include "run/scenario_test.h"

namespace mmuw::race {

namespace {

constexpr std::uint64_t kPages = 16;

class Race : public ScenarioTest {};

TEST_F(Race, SecondVcpuOfOneFaultDropsNothing) {
    if (const auto why = missing_point({"pfn-found", "fault-end"}); !why.empty())
        GTEST_SKIP() << why;
    promise({"flush-on-protect", "retry-on-stale"});
    WitnessedFile& file = add_file(kPages);
    Guest& guest = add_guest({.vcpus = 2, .pages = kPages, .policy = VcpuThread::Policy::kNormal});
    Memslot& slot = guest.add_memory(0, kPages, file.file().mapping().get());
    guest.start();
    const OwnCpu own_cpu(guest.thread(0).tid());
    const Actor writer = vcpu(guest, file, 0);
    const Actor reader = vcpu(guest, file, 1);

    // The writer waits for the reader to come, the reader for the writer's fault to end.
    Gate both(run_.module, writer.at("pfn-found", 0), reader.at("pfn-found", 0));
    Gate second(run_.module, reader.at("pfn-found", 0), writer.at("fault-end", 0));
    for (std::uint64_t page = 0; page < kPages; page++) {
        if (page > 0) {
            both.arm(writer.at("pfn-found", page), reader.at("pfn-found", page));
            second.arm(reader.at("pfn-found", page), writer.at("fault-end", page));
        }
        const std::uint64_t write = guest.post_write(0, page);
        both.wait_held();
        const std::uint64_t read = guest.post_read(1, page);
        guest.wait(0, write);
        guest.wait(1, read);
        trial(second.won());
        // Where the CPU sets D by itself: there is one to be cleared, whatever the second fault
        // did.
        guest.write(0, page);
        guest.log().enable(slot);
        guest.log().disable(slot);
    }
}

}  // namespace

}  // namespace mmuw::race
