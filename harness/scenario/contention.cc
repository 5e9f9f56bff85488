// SPDX-License-Identifier: GPL-2.0-only
// KVM walks many page table entries at a time, and gives its lock and its CPU away in between when
// somebody wants them. Where it goes on, and what it has flushed by then, must not depend on it:
// no page of a large memslot may have been passed over.
#include <sched.h>
#include <sys/mman.h>

#include <thread>

#include "backing/lanes.h"
#include "base/sys_error.h"
#include "scenario/scenario_test.h"

namespace mmuw::contention {

namespace {

constexpr std::uint64_t kPages = 2048;  // four page tables
constexpr int kRounds = 2;

// While it lives, threads want mmu_lock for writing, and this thread's CPU.
class Contention {
  public:
    explicit Contention(std::byte* page) {
        cpu_set_t here;
        CPU_ZERO(&here);
        CPU_SET(static_cast<std::size_t>(sched_getcpu()), &here);
        spinner_ = std::jthread([here](const std::stop_token& stop) {
            sched_setaffinity(0, sizeof here, &here);
            while (!stop.stop_requested()) sched_yield();
        });
        unmapper_ = std::jthread([page](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                store_lane(page, kHostLane, 1);
                madvise(page, page_size(), MADV_DONTNEED);
            }
        });
    }

  private:
    std::jthread spinner_, unmapper_;
};

class Contended : public ScenarioTest {
  protected:
    void start() {
        promise({"isolated"});
        memory_ = add_anonymous(kPages).bytes();
        wanted_ = add_anonymous(1).bytes();
        guest_ = &add_guest(
            {.pages = kPages + 1, .idle = guest::Idle::kStay, .memory_comes_back = true});
        slot_ = &guest_->add_memory(0, kPages, memory_);
        guest_->add_memory(kPages, 1, wanted_);
        guest_->start();
    }

    // Twice: the exit of each fault of the first pass may flush the TLB (under emulation it does).
    void fill() {
        guest_->write(0, 0, kPages);
        guest_->write(0, 0, kPages);
    }

    // By both sides: what the guest has written, or nothing.
    void look(bool kept) {
        std::vector<guest::Command> commands;
        const unsigned lane = guest_->lane(0);
        for (std::uint64_t page = 0; page < kPages; page++)
            commands.push_back(Guest::read_command(page, lane));
        const std::vector<CommandResult> seen = guest_->run(0, commands);
        std::vector<mmuwitness_mark> marks;
        for (std::uint64_t page = 0; page < kPages; page++)
            for (const auto side : {MMUWITNESS_SIDE_GUEST, MMUWITNESS_SIDE_HOST})
                marks.push_back(make_mark(
                    vm_id(*guest_),
                    mark::Seen{.slot = slot_->id(),
                               .gfn = guest_->gfn(page),
                               .lane = lane,
                               .seen = side == MMUWITNESS_SIDE_GUEST
                                           ? seen[page].last
                                           : load_lane(memory_ + page * page_size(), lane),
                               .expect = kept ? guest_->journal(0, page) : 0,
                               .side = std::uint64_t{side}}));
        run_.witness.marks(marks);
    }

    std::byte* memory_ = nullptr;
    std::byte* wanted_ = nullptr;
    Guest* guest_ = nullptr;
    Memslot* slot_ = nullptr;
};

TEST_F(Contended, AllOfItIsUnmapped) {
    start();
    for (int round = 0; round < kRounds; round++) {
        fill();
        {
            const Contention contention(wanted_);
            if (madvise(memory_, kPages * page_size(), MADV_DONTNEED) != 0)
                throw_errno("madvise(MADV_DONTNEED)");
        }
        look(false);
        trial();
    }
}

TEST_F(Contended, AllOfItIsLogged) {
    promise({"log-complete"});
    start();
    for (int round = 0; round < kRounds; round++) {
        fill();
        {
            const Contention contention(wanted_);
            guest_->log().enable(*slot_);
        }
        guest_->write(0, 0, kPages);
        std::vector<mmuwitness_mark> marks;
        for (std::uint64_t page = 0; page < kPages; page++)
            marks.push_back(make_mark(vm_id(*guest_),
                                      mark::Wrote{.slot = slot_->id(), .gfn = guest_->gfn(page)}));
        run_.witness.marks(marks);
        static_cast<void>(guest_->log().collect(*slot_));
        look(true);
        {
            const Contention contention(wanted_);
            guest_->log().disable(*slot_);
        }
        trial();
    }
}

}  // namespace

}  // namespace mmuw::contention
