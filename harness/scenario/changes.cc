// SPDX-License-Identifier: GPL-2.0-only
// Memory changes under a running guest: it is dropped, moved, truncated, protected, reclaimed,
// collapsed, split. Guest and host have to see the same bytes afterwards. No exit comes in between:
// nothing but KVM's own flush ends the use of an old translation.
#include <algorithm>
#include <format>
#include <vector>

#include "machine/pagemap.h"
#include "machine/unavailable.h"
#include "run/changed_memory.h"
#include "run/memory_change.h"
#include "run/own_cpu.h"

namespace mmuw::changes {

namespace {

struct Case {
    MemoryKind kind;
    std::size_t change;
};

class MemoryChanges : public ChangedMemory, public testing::WithParamInterface<Case> {
  protected:
    [[nodiscard]] const MemoryChange& change() const { return memory_changes()[GetParam().change]; }

    // Truncation is from a page to the end.
    [[nodiscard]] MemoryRange concerned(const MemoryRange& r) const {
        if (change().to_the_end) return {r.first, memory_.pages() - r.first};
        return r;
    }

    // Some of it is in no page table.
    [[nodiscard]] bool is_out(const MemoryRange& r) const {
        const auto range = memory_.bytes.subspan(r.first * page_size(), r.pages * page_size());
        return std::ranges::contains(Pagemap().pfns(range), std::uint64_t{0});
    }

    void prepare() const {
        if (change().prepare != nullptr) change().prepare(memory_);
    }

    // Translations of all of it: not with the log on, where each page is a fault of its own.
    void fill() {
        guest_->write(0, first_, memory_.pages());
        guest_->read(0, alias_, memory_.pages());
        for (std::uint64_t p = 0; p < memory_.pages(); p++)
            must_[p][guest_->lane(0)] = guest_->journal(0, first_ + p);
    }

    // With the log on, what is written after the change is logged as well.
    void in_turns(bool logged) {
        if (logged) guest_->log().switch_to(true, slots_);
        for (const MemoryRange& r : ranges()) {
            collect();
            prepare();
            if (!logged) fill();
            const Pages pages = look_at(r);
            write(pages);
            const Then then = change().make(memory_, r);
            if (then == Then::kZero) forget(concerned(r));
            if (then == Then::kClosedUp) move_up(r);
            const bool met = !change().reclaims || is_out(r);
            look(pages);
            collect();
            write(pages);
            collect();
            look(pages);
            trial(met);
        }
        if (logged) guest_->log().switch_to(false, slots_);
    }

    // What is written while it changes may go with it; what is written after that has to be there.
    void in_a_race() {
        constexpr int kTimes = 4;
        guest_->start_writing(0, first_, memory_.pages(),
                              {.order = guest::Order::kRandom, .seed = seed()});
        for (int i = 0; i < kTimes; i++)
            for (const MemoryRange& r : ranges()) {
                prepare();
                static_cast<void>(change().make(memory_, r));
            }
        guest_->stop(0);
        const Pages pages = look_at(ranges().back());
        write(pages);
        look(pages);
        trial();
    }
};

TEST_P(MemoryChanges, GuestAndHostSeeTheSame) {
    promise({"log-complete"});
    try {
        make_memory(GetParam().kind);
        const bool swaps = change().reclaims && memory_.kind != MemoryKind::kFile;
        if (swaps) add_swap();
        start(swaps);
        const OwnCpu own_cpu(guest_->thread(0).tid());
        in_turns(false);
        in_turns(true);
        in_a_race();
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
}

bool is_default(const Case& c) {
    using enum MemoryKind;
    return c.kind == kFile || c.kind == kAnonymous ||
           (c.kind == kHugeAnonymous && !memory_changes()[c.change].full_suite_huge);
}

std::vector<Case> cases(bool (*wanted)(const Case&)) {
    std::vector<Case> all;
    for (const MemoryKind kind : kMemoryKinds)
        for (std::size_t i = 0; i < memory_changes().size(); i++)
            if (memory_changes()[i].kinds.contains(kind) && wanted({kind, i}))
                all.push_back({kind, i});
    return all;
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
    return std::format("{}_{}", name_of(info.param.kind), memory_changes()[info.param.change].name);
}

INSTANTIATE_TEST_SUITE_P(, MemoryChanges, testing::ValuesIn(cases(is_default)), case_name);
INSTANTIATE_TEST_SUITE_P(Full, MemoryChanges,
                         testing::ValuesIn(cases([](const Case& c) { return !is_default(c); })),
                         case_name);

}  // namespace

}  // namespace mmuw::changes
