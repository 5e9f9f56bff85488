// SPDX-License-Identifier: GPL-2.0-only
// A vCPU's fault waits for its page (userfaultfd) while its memslot changes: whoever changes the
// memslot has to wait in turn, or the fault ends with what the memslot was before.
#include <sys/mman.h>

#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "base/sys_error.h"
#include "machine/unavailable.h"
#include "machine/userfault.h"
#include "run/scenario_test.h"

namespace mmuw::waiting_fault {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kPages = 16;
constexpr int kRounds = 4;
// What is not done by then waits for the fault; no harm if it is only slow.
constexpr auto kAWhile = 20ms;

class WaitingFault : public ScenarioTest {
  protected:
    void start(DirtyLogKind log) {
        memory_ = &add_anonymous(kPages);
        guest_ = &add_guest(
            {.pages = kPages, .log = log, .idle = guest::Idle::kStay, .count_unbacked = true});
        slot_ = &guest_->add_memory(0, kPages, memory_->bytes());
        guest_->start();
    }

    // A vCPU's write to a page that is not there, while `change` is made. Did it wait?
    template <class Change>
    bool write_during(std::uint64_t page, Change change) {
        // Outlives the userfaultfd, which lets the fault go on, and with it the change.
        std::future<void> changed;
        Userfault faults(memory_->span());
        const std::uint64_t number = guest_->post_write(0, page);
        const auto missing = faults.wait(5s);
        if (!missing) throw std::runtime_error("the vCPU's fault did not come to userfaultfd");
        changed = std::async(std::launch::async, change);
        const bool waited = changed.wait_for(kAWhile) == std::future_status::timeout;
        faults.resolve(*missing);
        changed.get();
        static_cast<void>(guest_->wait(0, number));
        return waited;
    }

    void lose_all() const {
        if (madvise(memory_->get(), kPages * page_size(), MADV_DONTNEED) != 0)
            throw_errno("madvise(MADV_DONTNEED)");
    }

    Mapping* memory_ = nullptr;
    Guest* guest_ = nullptr;
    Memslot* slot_ = nullptr;
};

class LogSwitched : public WaitingFault, public testing::WithParamInterface<DirtyLogKind> {};

// What the vCPU writes after the log is on is in it, however it got its SPTE.
TEST_P(LogSwitched, UnderAWaitingFault) {
    std::string why;
    if (!supported(run_.kvm, GetParam(), &why)) GTEST_SKIP() << why;
    promise({"log-complete"});
    try {
        start(GetParam());
        for (int round = 0; round < kRounds; round++) {
            const std::uint64_t page = static_cast<std::uint64_t>(round) % kPages;
            lose_all();
            const bool waited = write_during(page, [this] { guest_->log().enable(*slot_); });
            static_cast<void>(guest_->log().collect(*slot_));
            guest_->write(0, page);
            mark(*guest_, mark::Wrote{.slot = slot_->id(), .gfn = guest_->gfn(page)});
            static_cast<void>(guest_->log().collect(*slot_));
            guest_->log().disable(*slot_);
            trial(waited);
        }
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
}

INSTANTIATE_TEST_SUITE_P(, LogSwitched, testing::Values(DirtyLogKind::kBitmap, DirtyLogKind::kRing),
                         [](const auto& info) { return to_string(info.param); });

class MemslotGone : public WaitingFault {};

// Nothing is mapped by a fault whose memslot has gone meanwhile.
TEST_F(MemslotGone, UnderAWaitingFault) {
    promise({"isolated"});
    try {
        start(DirtyLogKind::kBitmap);
        for (int round = 0; round < kRounds; round++) {
            const std::uint64_t page = static_cast<std::uint64_t>(round) % kPages;
            lose_all();
            const bool waited = write_during(page, [this] { guest_->remove_memory(*slot_); });
            const std::uint64_t before = guest_->unbacked(0, page);
            guest_->write(0, page);
            mark(*guest_, mark::Outside{.gfn = guest_->gfn(page),
                                        .exits = guest_->unbacked(0, page) - before});
            slot_ = &guest_->add_memory(0, kPages, memory_->bytes());
            trial(waited);
        }
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
}

}  // namespace

}  // namespace mmuw::waiting_fault
