// SPDX-License-Identifier: GPL-2.0-only
// The VMM gives memory back for the time being (MADV_FREE): it may go while nobody writes to it,
// and has to stay once somebody has. KVM maps what is only read writable where the host's page
// table allows it, so that the guest's next write is a D bit in an SPTE and nothing else.
#include <sys/mman.h>

#include <chrono>
#include <cstring>
#include <format>
#include <optional>
#include <thread>
#include <vector>

#include "backing/lanes.h"
#include "machine/damon.h"
#include "machine/unavailable.h"
#include "run/scenario_test.h"

namespace mmuw::lazy_free {

namespace {

struct Case {
    MemoryKind kind;
    bool aged;  // somebody asks KVM which pages are young in between
};

class LazyFree : public ScenarioTest, public testing::WithParamInterface<Case> {
  protected:
    void advise(int advice, const char* name) const {
        if (madvise(memory_.page(0), memory_.bytes.size(), advice) != 0)
            throw Unavailable(std::format("madvise({}): {}", name, std::strerror(errno)));
    }

    // Of the pages that were written, from both sides.
    void look(Guest& guest, const Memslot& slot) {
        std::vector<guest::Command> commands;
        for (std::uint64_t page = 0; page < used(); page += kStep)
            commands.push_back(Guest::read_command(page));
        const std::vector<CommandResult> done = guest.run(0, commands);
        std::vector<mmuwitness_mark> marks;
        for (std::size_t i = 0; i < commands.size(); i++) {
            const std::uint64_t page = commands[i].first;
            mark::Seen seen{.slot = slot.id(),
                            .gfn = guest.gfn(page),
                            .lane = guest.lane(0),
                            .seen = load_lane(memory_.page(page), guest.lane(0)),
                            .expect = guest.journal(0, page),
                            .side = MMUWITNESS_SIDE_HOST};
            marks.push_back(make_mark(vm_id(guest), seen));
            seen.seen = done[i].last;
            seen.side = MMUWITNESS_SIDE_GUEST;
            marks.push_back(make_mark(vm_id(guest), seen));
        }
        run_.witness.marks(marks);
    }

    // Did reclaim take one that nobody has touched since? (What the guest reads stays as well,
    // where KVM takes an SPTE that may be written for one that was.)
    [[nodiscard]] bool some_went(const Guest& guest) const {
        for (std::uint64_t page = used(); page < memory_.pages(); page++)
            if (load_lane(memory_.page(page), guest.lane(0)) == 0) return true;
        return false;
    }

    // Those that the guest goes on with.
    [[nodiscard]] std::uint64_t used() const { return memory_.pages() / 2; }

    static constexpr std::uint64_t kStep = 2;
    Memory memory_;
};

TEST_P(LazyFree, WhatIsWrittenLaterIsKept) {
    using namespace std::chrono_literals;
    constexpr int kRounds = 4;
    constexpr std::uint64_t kSmall = 64;
    promise({"isolated"});
    try {
        memory_ = add_memory(GetParam().kind, kSmall, 2);
        Guest& guest = add_guest({.pages = memory_.pages(), .idle = guest::Idle::kStay});
        const Memslot& slot = guest.add_memory(0, memory_.pages(), memory_.page(0));
        guest.start();
        std::optional<GuardScope> scope;
        std::optional<Damon> damon;
        if (GetParam().aged) {
            scope.emplace(run_.options.guard);
            damon.emplace(run_.options.guard, memory_.bytes);
        }
        for (int round = 0; round < kRounds; round++) {
            guest.write(0, 0, memory_.pages());
            advise(MADV_FREE, "MADV_FREE");
            guest.read(0, 0, used());
            guest.write(0, 0, used() / kStep, 0, kStep);
            if (damon) std::this_thread::sleep_for(30ms);
            advise(MADV_PAGEOUT, "MADV_PAGEOUT");
            const bool met = some_went(guest);
            look(guest, slot);
            trial(met);
        }
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
}

INSTANTIATE_TEST_SUITE_P(, LazyFree,
                         testing::Values(Case{MemoryKind::kAnonymous, false},
                                         Case{MemoryKind::kAnonymous, true},
                                         Case{MemoryKind::kHugeAnonymous, false}),
                         [](const auto& info) {
                             return std::format("{}{}", name_of(info.param.kind),
                                                info.param.aged ? "_aged" : "");
                         });

}  // namespace

}  // namespace mmuw::lazy_free
