// SPDX-License-Identifier: GPL-2.0-only
// Interleavings that nobody meets by luck: a vCPU's fault and writeback of the same page, each
// stopped where it matters until the other has gone by.
#include <sys/mman.h>

#include <chrono>
#include <thread>

#include "backing/lanes.h"
#include "director/gate.h"
#include "run/own_cpu.h"
#include "run/scenario_test.h"

namespace mmuw::staged {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kPages = 24;  // one a round: what a fault leaves behind stays its own

// Each round settles: at the end a disturber may have dropped all pages, and none is looked at.
class Staged : public ScenarioTest {
  protected:
    void SetUp() override {
        ScenarioTest::SetUp();
        promise({"durable", "tagged", "retry-on-stale"});
        if (!run_.kvm.mmu().reference) promise({"fault-ends"});
        const std::string why = run_.scratch.filesystem().why_no_writeback();
        if (!why.empty()) GTEST_SKIP() << why;
    }
    // Sides that are held keep their CPU, and must not look idle to the scheduler meanwhile.
    static GuestConfig config(unsigned vcpus = 1) {
        return {.vcpus = vcpus, .policy = VcpuThread::Policy::kNormal};
    }
    // Told in an interrupt, of whatever runs there.
    static mmuwitness_pass written_back(const Actor& host, std::uint64_t page) {
        mmuwitness_pass pass = host.at("writeback-end", page);
        pass.vcpu = MMUWITNESS_ANY_VCPU;
        return pass;
    }
    void sync(WitnessedFile& file, const Guest& guest) {
        file.sync(Sync::kMsync, [&] {
            std::vector<Expectation> all;
            append_written(guest, kPages, all);
            return all;
        });
    }
};

// The vCPU has its pfn and not yet mmu_lock when writeback write-protects the page: it has to
// notice, and ask again. The race of mmu_invalidate_seq (thread 001).
TEST_F(Staged, WritebackCleansBetweenLookupAndLock) {
    if (const auto why = missing_point({"pfn-found", "mkclean-end"}); !why.empty())
        GTEST_SKIP() << why;
    WitnessedFile& file = add_file(kPages);
    Guest& guest = start_guest(file, config());
    const OwnCpu own_cpu(guest.thread(0).tid());
    const Actor vcpu0 = vcpu(guest, file, 0);
    const Actor syncer = host(guest, file);

    Gate gate(run_.module, vcpu0.at("pfn-found", 0), syncer.at("mkclean-end", 0));
    for (std::uint64_t page = 0; page < kPages; page++) {
        if (page > 0) gate.arm(vcpu0.at("pfn-found", page), syncer.at("mkclean-end", page));
        const std::uint64_t write = guest.post_write(0, page);
        gate.wait_held();
        sync(file, guest);
        guest.wait(0, write);
        // Whatever the fault has made of it: what was written then is on the disk after this.
        guest.write(0, page);
        sync(file, guest);
        file.settle();
        trial(gate.won());
    }
}

// Writeback has told KVM that the page will be write-protected, and has not changed its PTE yet,
// when the vCPU faults: KVM must not let it in before the invalidation has ended (thread 001).
// The moment is met when the vCPU, which spins at the beginning of its fault, is let go there. An
// MMU whose fault waits for the end of the invalidation, or goes round until then (LoongArch), lets
// the other hold time out.
TEST_F(Staged, FaultBetweenInvalidationAndPteChange) {
    constexpr auto kLongest = 20ms;  // a fault takes less
    if (const auto why = missing_point({"fault-begin", "invalidate-started", "fault-end"});
        !why.empty())
        GTEST_SKIP() << why;
    WitnessedFile& file = add_file(kPages);
    Guest& guest = start_guest(file, config());
    const OwnCpu own_cpu(guest.thread(0).tid());
    const Actor vcpu0 = vcpu(guest, file, 0);
    const Actor syncer = host(guest, file);

    Gate fault(run_.module, vcpu0.at("fault-begin", 0), syncer.at("invalidate-started", 0));
    Gate clean(run_.module, syncer.at("invalidate-started", 0), vcpu0.at("fault-end", 0), kLongest);
    for (std::uint64_t page = 0; page < kPages; page++) {
        if (page > 0) {
            fault.arm(vcpu0.at("fault-begin", page), syncer.at("invalidate-started", page));
            clean.arm(syncer.at("invalidate-started", page), vcpu0.at("fault-end", page));
        }
        // The host's PTE is writable: the vCPU's look-up finds it so.
        store_lane(file.file().page(page), kHostLane, 1);
        const std::uint64_t write = guest.post_write(0, page);
        fault.wait_held();
        sync(file, guest);
        guest.wait(0, write);
        guest.write(0, page);
        sync(file, guest);
        file.settle();
        trial(fault.won());
    }
}

// An invalidation of one page has begun, and its PTE has not changed yet, when another one, of a
// page far from it, begins and ends: that the first one is still under way may not be forgotten.
// The vCPU that faults then has to wait for its end, so the hold times out: the protection at work.
TEST_F(Staged, FaultWhileAnotherInvalidationHasEnded) {
    constexpr std::uint64_t kTried = 8;
    constexpr auto kLongest = 20ms;
    constexpr auto kPatience = 200ms;
    if (const auto why = missing_point({"invalidate-started", "fault-end"}); !why.empty())
        GTEST_SKIP() << why;
    WitnessedFile& file = add_file(kPages);
    Guest& guest = start_guest(file, config());
    const Actor vcpu0 = vcpu(guest, file, 0);
    const Actor other = host(guest, file);

    Gate gate(run_.module, other.at("invalidate-started", 0), vcpu0.at("fault-end", 0), kLongest);
    for (std::uint64_t page = 0; page < kTried; page++) {
        if (page > 0) gate.arm(other.at("invalidate-started", page), vcpu0.at("fault-end", page));
        // In the host's page table, and not in the guest's.
        store_lane(file.file().page(page), kHostLane, page + 1);
        guest.write(0, kPages - 1);
        std::jthread unmapper([&] { madvise(file.file().page(page), page_size(), MADV_DONTNEED); });
        const auto held = gate.held_within(kPatience);
        madvise(file.file().page(kPages - 1), page_size(), MADV_DONTNEED);
        const std::uint64_t write = guest.post_write(0, page);
        unmapper.join();
        guest.wait(0, write);
        sync(file, guest);
        file.settle();
        trial(held);
    }
}

// KVM has let the guest write to a page and is about to mark the folio dirty, when writeback
// cleans, unmaps and writes the page. Where that is done under mmu_lock or the folio lock,
// writeback has to wait, and each hold times out: the protection, seen at work. Where it is not
// (arm64 6.12 marks the folio after it has dropped mmu_lock), PG_dirty comes when the page is
// clean: nobody tags it for writeback any more, and what the guest writes next stays off the disk
// (thread 000).
TEST_F(Staged, DirtyAfterUnlock) {
    constexpr std::uint64_t kTried = 8;
    constexpr auto kLongest = 10ms;  // a sync takes less, and most kernels wait for all of it
    constexpr auto kPatience = 200ms;
    if (const auto why = missing_point({"kvm-dirty", "writeback-end"}); !why.empty())
        GTEST_SKIP() << why;
    promise({"dirty-in-time"});
    WitnessedFile& file = add_file(kPages);
    Guest& guest = start_guest(file, config());
    const OwnCpu own_cpu(guest.thread(0).tid());
    const Actor vcpu0 = vcpu(guest, file, 0);
    const Actor syncer = host(guest, file);

    Gate gate(run_.module, vcpu0.at("kvm-dirty", 0), written_back(syncer, 0), kLongest);
    guest.write(0, 0);
    // x86 up to 6.12: kvm_set_pfn_dirty() only when an SPTE goes or loses D.
    if (gate.held_within(0us) == false)
        GTEST_SKIP() << "this KVM marks no folio dirty in a write fault";
    for (std::uint64_t page = 1; page <= kTried; page++) {
        gate.arm(vcpu0.at("kvm-dirty", page), written_back(syncer, page));
        const std::uint64_t write = guest.post_write(0, page);
        // A page that was mapped beside another one (shadow paging prefetches) has no fault.
        const auto held = gate.held_within(kPatience);
        if (held == false) guest.wait(0, write);
        sync(file, guest);
        if (held != false) guest.wait(0, write);
        // Is it still found by writeback?
        guest.write(0, page);
        sync(file, guest);
        file.settle();
        trial(held);
    }
}

// Two invalidations of one page at once: one, by madvise(), has found it writable and is about to
// mark the folio dirty; the other one is writeback's, which cleans and writes the page meanwhile.
// An MMU that removes a translation and marks its folio under one lock leaves nothing to the
// second; one that is like a TLB marks it twice, the second time when nobody expects it any more
// (thread 004).
TEST_F(Staged, TwoInvalidationsOfOnePage) {
    constexpr std::uint64_t kTried = 8;
    constexpr auto kLongest = 20ms;
    constexpr auto kPatience = 200ms;
    if (const auto why = missing_point({"kvm-dirty", "writeback-end"}); !why.empty())
        GTEST_SKIP() << why;
    promise({"dirty-in-time"});
    WitnessedFile& file = add_file(kPages);
    Guest& guest = start_guest(file, config());
    const Actor other = host(guest, file);

    Gate gate(run_.module, other.at("kvm-dirty", 0), written_back(other, 0), kLongest);
    for (std::uint64_t page = 0; page < kTried; page++) {
        if (page > 0) gate.arm(other.at("kvm-dirty", page), written_back(other, page));
        guest.write(0, page);
        std::jthread unmapper([&] { madvise(file.file().page(page), page_size(), MADV_DONTNEED); });
        const auto held = gate.held_within(kPatience);
        if (page == 0 && held == false)
            GTEST_SKIP() << "this MMU marks no folio dirty in an invalidation";
        sync(file, guest);
        unmapper.join();
        guest.write(0, page);
        sync(file, guest);
        file.settle();
        trial(held);
    }
}

}  // namespace

}  // namespace mmuw::staged
