// SPDX-License-Identifier: GPL-2.0-only
// KVM walks many page table entries at a time, and gives its lock and its CPU away in between when
// somebody wants them. Where it goes on, and what it has flushed by then, must not depend on it:
// no page of a large memslot may have been passed over.
#include <sched.h>
#include <sys/mman.h>

#include <exception>
#include <functional>
#include <thread>

#include "backing/lanes.h"
#include "base/sys_error.h"
#include "run/scenario_test.h"
#include "vmm/arch.h"

namespace mmuw::contention {

namespace {

constexpr std::uint64_t kPages = 2048;  // four page tables
constexpr int kRounds = 2;

// While it lives, threads want mmu_lock for writing, and this thread's CPU.
class Contention {
  public:
    // What the second thread does: whatever wants the lock. KVM's own flush must not be done by it.
    explicit Contention(const std::function<void()>& want) {
        cpu_set_t here;
        CPU_ZERO(&here);
        CPU_SET(static_cast<std::size_t>(sched_getcpu()), &here);
        spinner_ = std::jthread([here](const std::stop_token& stop) {
            sched_setaffinity(0, sizeof here, &here);
            while (!stop.stop_requested()) sched_yield();
        });
        wanter_ = std::jthread([want](const std::stop_token& stop) {
            try {
                while (!stop.stop_requested()) want();
            } catch (const std::exception&) {
                // Without it the walk is as it is elsewhere.
            }
        });
    }

  private:
    std::jthread spinner_, wanter_;
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

    // An invalidation of another page: on x86 its flush is for all.
    void unmap_another() const {
        store_lane(wanted_, kHostLane, 1);
        madvise(wanted_, page_size(), MADV_DONTNEED);
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
    constexpr std::uint64_t kEnough = 1024;
    start();
    const auto want = [this] {
        if (!arch::limit_page_tables(guest_->vm(), kEnough)) unmap_another();
    };
    for (int round = 0; round < kRounds; round++) {
        fill();
        {
            const Contention contention(want);
            if (madvise(memory_, kPages * page_size(), MADV_DONTNEED) != 0)
                throw_errno("madvise(MADV_DONTNEED)");
        }
        look(false);
        trial({});  // whether KVM gave its lock away, nobody tells
    }
}

TEST_F(Contended, AllOfItIsLogged) {
    promise({"log-complete"});
    start();
    const auto want = [this] { unmap_another(); };  // its flush may hide KVM's; the other way waits
    for (int round = 0; round < kRounds; round++) {
        fill();
        {
            const Contention contention(want);
            guest_->log().enable(*slot_);
        }
        guest_->write(0, 0, kPages);
        mark_written(*guest_, *slot_, 0, kPages);
        static_cast<void>(guest_->log().collect(*slot_));
        look(true);
        {
            const Contention contention(want);
            guest_->log().disable(*slot_);
        }
        trial({});  // whether KVM gave its lock away, nobody tells
    }
}

}  // namespace

}  // namespace mmuw::contention
