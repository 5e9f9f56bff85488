// SPDX-License-Identifier: GPL-2.0-only
// The guest executes what is in its memory: KVM maps pages for that as well, and in small pages
// where a huge one may not be executed in.
#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <format>
#include <string>
#include <thread>
#include <vector>

#include "backing/lanes.h"
#include "base/sys_error.h"
#include "machine/huge_memory.h"
#include "machine/machine_guard.h"
#include "machine/setting.h"
#include "machine/unavailable.h"
#include "run/scenario_test.h"
#include "vmm/arch.h"
#include "vmm/stats.h"

namespace mmuw::instructions {

namespace {

constexpr std::uint64_t kSmall = 64, kHuge = 2;
constexpr std::uint64_t kMostTried = 96;  // pages
constexpr int kRounds = 4;
// Page tables that are there because a huge page may not be executed in.
constexpr const char* kSplits = "nx_lpage_splits";
constexpr const char* kHugeSptes = "pages_2m";

// What the guest does with the pages before it executes in them.
enum class First { kNothing, kRead, kWrite };

struct Kind {
    MemoryKind memory;
    bool smm = false;  // in the second address space
};

class Instructions : public ScenarioTest, public testing::WithParamInterface<Kind> {
  protected:
    // As long as the scenario runs, nothing is executed in huge pages, and what was split for it
    // does not stay so for long.
    void no_huge_code() {
        try {
            for (const auto& [path, value] : arch::no_huge_code()) {
                if (!has_setting(path)) continue;
                run_.options.guard.set(path, value);
                is_split_ = is_huge(GetParam().memory);
            }
        } catch (const SysError&) {
            // "never": switched off for good. Then it is executed in huge ones.
        }
    }

    // Code that nobody else returns the value of.
    void write_code(std::uint64_t page) {
        store_lane(memory_.page(page), kHostLane, *arch::code_that_returns(value_of(page)));
    }
    [[nodiscard]] std::uint32_t value_of(std::uint64_t page) const {
        return static_cast<std::uint32_t>(round_ * memory_.pages() + page + 1);
    }

    void execute(Guest& guest, const Memslot& slot, const std::vector<std::uint64_t>& pages) {
        std::vector<guest::Command> commands;
        for (const std::uint64_t page : pages)
            commands.push_back(Guest::execute_command(page, kHostLane));
        const std::vector<CommandResult> returned = guest.run(0, commands);
        std::vector<mmuwitness_mark> marks;
        for (std::size_t i = 0; i < pages.size(); i++)
            marks.push_back(make_mark(vm_id(guest), mark::Seen{.slot = slot.id(),
                                                               .gfn = slot.gfn() + pages[i],
                                                               .lane = kHostLane,
                                                               .seen = returned[i].last,
                                                               .expect = value_of(pages[i]),
                                                               .side = MMUWITNESS_SIDE_GUEST}));
        run_.witness.marks(marks);
    }

    // Beside what was executed, in small pages by now: each has its own.
    void write(Guest& guest, const Memslot& slot, const std::vector<std::uint64_t>& pages) {
        std::vector<guest::Command> commands;
        for (const std::uint64_t page : pages) commands.push_back(Guest::write_command(page - 1));
        const std::vector<CommandResult> written = guest.run(0, commands);
        std::vector<mmuwitness_mark> marks;
        for (std::size_t i = 0; i < pages.size(); i++)
            marks.push_back(
                make_mark(vm_id(guest),
                          mark::Seen{.slot = slot.id(),
                                     .gfn = slot.gfn() + pages[i] - 1,
                                     .lane = guest.lane(0),
                                     .seen = load_lane(memory_.page(pages[i] - 1), guest.lane(0)),
                                     .expect = written[i].last,
                                     .side = MMUWITNESS_SIDE_HOST}));
        run_.witness.marks(marks);
    }

    // KVM's thread takes back what it has split. If it does not flush, an invalidation that finds
    // nothing left to remove does not either.
    static void wait_for_recovery(Guest& guest) {
        using namespace std::chrono_literals;
        const auto until = std::chrono::steady_clock::now() + 200ms;
        while (read_stat(guest.vm(), kSplits).value_or(0) != 0 &&
               std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(1ms);
    }

    // What is only read after that is in huge pages again.
    void look_what_is_recovered(Guest& guest, const Memslot& slot) {
        using namespace std::chrono_literals;
        const auto until = std::chrono::steady_clock::now() + 2s;
        const std::uint64_t wanted = huge_pages_in(memory_.bytes);
        std::uint64_t found = 0;
        for (;;) {
            guest.read(0, 0, memory_.pages());
            found = read_stat(guest.vm(), kHugeSptes).value_or(wanted);
            if (found >= wanted || std::chrono::steady_clock::now() > until) break;
            std::this_thread::sleep_for(5ms);
        }
        // Nobody has split the host's own ones meanwhile.
        if (huge_pages_in(memory_.bytes) != wanted || !run_.options.perturbation.empty()) return;
        mark(guest,
             mark::HugeSptes{
                 .slot = slot.id(), .log = MMUWITNESS_LOG_OFF, .found = found, .wanted = wanted});
    }

    Memory memory_;
    std::uint64_t round_ = 0;
    bool is_split_ = false;  // to be executed in
};

TEST_P(Instructions, AreThoseOfThePage) {
    if (run_.kvm.mmu().reference) GTEST_SKIP() << "the reference MMU executes nothing";
    if (!arch::code_that_returns(0))
        GTEST_SKIP() << "this machine's instruction caches want to be told of new code";
    if (GetParam().smm && !has_smm(run_.kvm)) GTEST_SKIP() << "no system management mode";
    promise({"isolated"});
    const GuardScope scope(run_.options.guard);
    const Vm idle(run_.kvm);  // of which no vCPU has ever run
    no_huge_code();
    try {
        memory_ = add_memory(GetParam().memory, kSmall, kHuge);
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
    Guest& guest = add_guest({.pages = memory_.pages() + 1, .smm_vcpus = GetParam().smm ? 1U : 0U});
    const Memslot& slot = guest.add_memory(0, memory_.pages(), memory_.bytes.data());
    // As long as anything is logged, KVM asks of each page that it gives up whether that one is.
    Memslot& logged = guest.add_memory(memory_.pages(), 1, add_anonymous(1).get());
    guest.start();
    guest.log().enable(logged);
    // From the end on, and so anywhere in a huge page before its beginning.
    std::vector<std::uint64_t> pages;
    const std::uint64_t step = std::max(memory_.pages() / kMostTried, std::uint64_t{1});
    for (std::uint64_t page = memory_.pages(); page > step; page -= step) pages.push_back(page - 1);
    for (const First first : {First::kNothing, First::kRead, First::kWrite}) {
        for (std::uint64_t i = 0; i < kRounds; i++, round_++) {
            for (const std::uint64_t page : pages) write_code(page);
            if (first == First::kRead) guest.read(0, 0, memory_.pages());
            if (first == First::kWrite) guest.write(0, 0, memory_.pages());
            execute(guest, slot, pages);
            const bool split = !is_split_ || read_stat(guest.vm(), kSplits).value_or(1) != 0;
            write(guest, slot, pages);
            if (is_split_ && i == 1) wait_for_recovery(guest);
            if (is_split_ && i == 3) look_what_is_recovered(guest, slot);
            // What is there next is in other pages, where nobody else has them.
            if (madvise(memory_.bytes.data(), memory_.bytes.size(), MADV_DONTNEED) != 0)
                throw_errno("madvise(MADV_DONTNEED)");
            trial(split);
        }
    }
}

std::string case_name(const testing::TestParamInfo<Kind>& info) {
    return std::format("{}{}", name_of(info.param.memory), info.param.smm ? "_smm" : "");
}

INSTANTIATE_TEST_SUITE_P(, Instructions,
                         testing::Values(Kind{MemoryKind::kFile}, Kind{MemoryKind::kHugeAnonymous},
                                         Kind{MemoryKind::kHugeAnonymous, true}),
                         case_name);
INSTANTIATE_TEST_SUITE_P(Full, Instructions,
                         testing::Values(Kind{MemoryKind::kAnonymous}, Kind{MemoryKind::kHugetlb}),
                         case_name);

}  // namespace

}  // namespace mmuw::instructions
