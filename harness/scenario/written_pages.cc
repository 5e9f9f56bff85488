// SPDX-License-Identifier: GPL-2.0-only
// The VMM keeps a log of its own of what is written to guest memory, as for a snapshot of a running
// VM: the host's page tables are write-protected, and KVM has to give up its translations.
#include <algorithm>
#include <random>
#include <ranges>
#include <set>
#include <vector>

#include "machine/unavailable.h"
#include "machine/written_pages.h"
#include "run/scenario_test.h"

namespace mmuw::written_pages {

namespace {

class VmmLog : public ScenarioTest, public testing::WithParamInterface<MemoryKind> {
  protected:
    // Two memslots over all of the memory: its pages have SPTEs at two places.
    void start() {
        promise({"log-complete"});
        random_.seed(seed());
        constexpr std::uint64_t kSmall = 96;
        memory_ = add_memory(GetParam(), kSmall, 1);
        alias_ = memory_.pages() + 5;
        guest_ = &add_guest({.pages = alias_ + memory_.pages(), .idle = guest::Idle::kStay});
        for (const std::uint64_t at : {std::uint64_t{0}, alias_})
            slots_.push_back(&guest_->add_memory(at, memory_.pages(), memory_.page(0)));
        guest_->start();
    }

    // Translations of all of it, such as are there while nobody keeps a log.
    void fill() {
        for (const std::uint64_t at : {std::uint64_t{0}, alias_})
            guest_->write(0, at, memory_.pages());
    }

    std::set<std::uint64_t> some_pages() {
        std::set<std::uint64_t> pages = {0, memory_.pages() - 1};
        for (int i = 0; i < 6; i++) pages.insert(random_() % memory_.pages());
        return pages;
    }

    // The memslot's pages that were written, as the log has them.
    void compare(const Memslot& slot, const std::set<std::uint64_t>& written,
                 const std::vector<bool>& log) {
        const std::uint64_t first = guest_->first_page(slot);
        std::vector<mmuwitness_mark> marks;
        for (const std::uint64_t page : written)
            marks.push_back(
                make_mark(vm_id(*guest_), mark::VmmLogged{.slot = slot.id(),
                                                          .gfn = guest_->gfn(first + page),
                                                          .logged = log[page] ? 1U : 0U}));
        run_.witness.marks(marks);
    }

    void in_turns(WrittenPages& log) {
        for (const Memslot* slot : slots_) {
            fill();
            static_cast<void>(log.take());
            guest_->read(0, 0, memory_.pages());
            const std::set<std::uint64_t> pages = some_pages();
            for (const std::uint64_t page : pages)
                guest_->write(0, guest_->first_page(*slot) + page);
            compare(*slot, pages, log.take());
            trial();
        }
    }

    // What a running guest began to write after one look and completed before the next one.
    void in_a_race(WrittenPages& log) {
        constexpr int kLooks = 10;
        const auto journals = [&] {
            std::vector<std::uint64_t> stamps;
            for (std::uint64_t page = 0; page < memory_.pages(); page++)
                stamps.push_back(guest_->journal(0, page));
            return stamps;
        };
        guest_->start_writing(0, 0, memory_.pages(),
                              {.order = guest::Order::kRandom, .seed = seed()});
        static_cast<void>(log.take());
        for (int look = 0; look < kLooks; look++) {
            // A write may have been before the look, and be told of only now: let it be told.
            guest_->wait_progress(0, 1);
            const auto before = journals();
            let_write(*guest_);
            const auto after = journals();
            std::set<std::uint64_t> pages;
            for (std::uint64_t page = 0; page < memory_.pages(); page++)
                if (after[page] != before[page]) pages.insert(page);
            compare(*slots_[0], pages, log.take());
        }
        guest_->stop(0);
        trial();
    }

    Memory memory_;
    std::uint64_t alias_ = 0;
    Guest* guest_ = nullptr;
    std::vector<Memslot*> slots_;
    std::mt19937_64 random_;
};

TEST_P(VmmLog, HasWhatTheGuestWrote) {
    try {
        start();
        WrittenPages log(memory_.bytes);
        in_turns(log);
        in_a_race(log);
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
}

std::string case_name(const testing::TestParamInfo<MemoryKind>& info) {
    return name_of(info.param);
}

INSTANTIATE_TEST_SUITE_P(, VmmLog,
                         testing::Values(MemoryKind::kAnonymous, MemoryKind::kHugeAnonymous),
                         case_name);
INSTANTIATE_TEST_SUITE_P(Full, VmmLog,
                         testing::Values(MemoryKind::kHugeShared, MemoryKind::kHugetlb), case_name);

}  // namespace

}  // namespace mmuw::written_pages
