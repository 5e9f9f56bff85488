// SPDX-License-Identifier: GPL-2.0-only
// Memory changes under a running guest: it is dropped, moved, truncated, protected, reclaimed,
// collapsed, split, shared with a child. Guest and host have to see the same bytes afterwards. No
// exit comes in between: nothing but KVM's own flush ends the use of an old translation.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <ranges>
#include <set>

#include "backing/lanes.h"
#include "machine/pagemap.h"
#include "machine/unavailable.h"
#include "run/memory_change.h"
#include "run/own_cpu.h"
#include "run/scenario_test.h"

namespace mmuw::changes {

namespace {

class Changes : public ScenarioTest {
  protected:
    void make_memory(MemoryKind kind) {
        constexpr std::uint64_t kSmall = 96;
        memory_ = add_memory(kind, kSmall, 3);
    }

    // The memory is behind two memslots, one after the other, and all of it behind a third one
    // elsewhere in the guest: what happens to a range concerns several.
    void start(bool async_faults = false) {
        promise({"isolated"});
        random_.seed(seed());
        const std::uint64_t pages = memory_.pages(), cut = pages / 3 + 3;
        // A boundary of 1 GB, where KVM's page tables have to be walked up and down again, is where
        // the ranges below have something on both sides.
        const std::uint64_t before = is_huge(memory_.kind) ? huge_bytes() / page_size() : 64;
        first_ = (std::uint64_t{1} << 30) / page_size() - before;
        alias_ = first_ + pages + 5;
        guest_ = &add_guest({.pages = alias_ + pages,
                             .idle = guest::Idle::kStay,
                             .memory_comes_back = true,
                             .async_faults = async_faults});
        slots_ = {&guest_->add_memory(first_, cut, memory_.page(0)),
                  &guest_->add_memory(first_ + cut, pages - cut, memory_.page(cut)),
                  &guest_->add_memory(alias_, pages, memory_.page(0))};
        guest_->start();
    }

    [[nodiscard]] const Memslot& slot_at(std::uint64_t data_page) const {
        return **std::ranges::find_if(slots_, [&](const Memslot* slot) {
            return data_page - guest_->first_page(*slot) < slot->pages();
        });
    }

    // Of a range: its ends, what is beside it, and some more anywhere.
    std::vector<std::uint64_t> look_at(const MemoryRange& r) {
        std::set<std::uint64_t> pages;
        const std::uint64_t end = r.first + r.pages;
        for (const std::uint64_t p : {r.first - 1, r.first, r.first + 1, r.first + r.pages / 2,
                                      end - 1, end, std::uint64_t{0}, memory_.pages() - 1})
            if (p < memory_.pages()) pages.insert(p);
        for (int i = 0; i < 4; i++) pages.insert(random_() % memory_.pages());
        return {pages.begin(), pages.end()};
    }

    // A page, several and all of it; of huge memory also one huge page, and some of two of them.
    [[nodiscard]] std::vector<MemoryRange> ranges() const {
        const std::uint64_t huge = huge_bytes() / page_size();
        if (memory_.kind == MemoryKind::kHugetlb) return {{huge, huge}, {0, memory_.pages()}};
        if (is_huge(memory_.kind))
            return {{huge + 7, 1}, {huge - 3, 6}, {huge, huge}, {0, memory_.pages()}};
        return {{5, 1}, {62, 5}, {0, memory_.pages()}};
    }

    void write(const std::vector<std::uint64_t>& pages) {
        guest_writes(pages);
        host_writes(pages);
    }

    void host_writes(const std::vector<std::uint64_t>& pages) {
        for (const std::uint64_t page : pages) {
            must_[page].host = ++host_stamp_;
            store_lane(memory_.page(page), kHostLane, host_stamp_);
        }
    }

    // Twice at each place: the exit of a fault may flush the TLB (under emulation it does).
    void guest_writes(const std::vector<std::uint64_t>& pages) {
        std::vector<guest::Command> commands;
        std::vector<mmuwitness_mark> marks;
        for (const std::uint64_t page : pages)
            for (const std::uint64_t at : {first_ + page, alias_ + page}) {
                commands.insert(commands.end(), 2, Guest::write_command(at));
                if (slot_at(at).logged())
                    marks.push_back(make_mark(vm_id(*guest_), mark::Wrote{.slot = slot_at(at).id(),
                                                                          .gfn = guest_->gfn(at)}));
            }
        const std::vector<CommandResult> done = guest_->run(0, commands);
        for (std::size_t i = 0; i < pages.size(); i++) must_[pages[i]].guest = done[4 * i + 3].last;
        run_.witness.marks(marks);
    }

    void collect() {
        for (Memslot* slot : slots_)
            if (slot->logged()) static_cast<void>(guest_->log().collect(*slot));
    }

    void look(const std::vector<std::uint64_t>& pages) {
        std::vector<guest::Command> commands;
        for (const std::uint64_t page : pages)
            for (const std::uint64_t at : {first_ + page, alias_ + page})
                for (const unsigned lane : {guest_->lane(0), unsigned{kHostLane}})
                    commands.push_back(Guest::read_command(at, lane));
        const std::vector<CommandResult> done = guest_->run(0, commands);
        std::vector<mmuwitness_mark> marks;
        for (std::size_t i = 0; i < commands.size(); i++)
            marks.push_back(seen(pages[i / 4], commands[i].first, commands[i].lane, done[i].last,
                                 MMUWITNESS_SIDE_GUEST));
        for (const std::uint64_t page : pages)
            for (const unsigned lane : {guest_->lane(0), unsigned{kHostLane}})
                marks.push_back(seen(page, first_ + page, lane, load_lane(memory_.page(page), lane),
                                     MMUWITNESS_SIDE_HOST));
        run_.witness.marks(marks);
        std::vector<GuestPage> at;
        for (const std::uint64_t page : pages)
            for (const std::uint64_t there : {first_ + page, alias_ + page})
                at.push_back({.slot = slot_at(there).id(),
                              .gfn = guest_->gfn(there),
                              .memory = memory_.page(page)});
        mark_mapped(*guest_, at);
    }

    // Page of the memory, seen at a data page of the guest.
    [[nodiscard]] mmuwitness_mark seen(std::uint64_t page, std::uint64_t at, unsigned lane,
                                       std::uint64_t stamp, std::uint64_t side) {
        const Must& must = must_[page];
        return make_mark(vm_id(*guest_),
                         mark::Seen{.slot = slot_at(at).id(),
                                    .gfn = guest_->gfn(at),
                                    .lane = lane,
                                    .seen = stamp,
                                    .expect = lane == kHostLane ? must.host : must.guest,
                                    .side = side});
    }

    void forget(const MemoryRange& r) {
        for (std::uint64_t page = r.first; page < r.first + r.pages; page++) must_.erase(page);
    }

    void move_up(const MemoryRange& r) {
        forget(r);
        std::map<std::uint64_t, Must> moved;
        for (const auto& [page, must] : must_) moved[page < r.first ? page : page - r.pages] = must;
        must_ = moved;
    }

    struct Must {
        std::uint64_t guest = 0, host = 0;
    };
    Memory memory_;
    Guest* guest_ = nullptr;
    std::uint64_t first_ = 0;  // the data page where the memory begins
    std::uint64_t alias_ = 0;  // the data page where all of the memory is a second time
    std::vector<Memslot*> slots_;
    std::map<std::uint64_t, Must> must_;  // by page; never written, or gone: zeroes
    std::uint64_t host_stamp_ = 0;
    std::mt19937_64 random_;
};

struct Case {
    MemoryKind kind;
    std::size_t change;
};

class MemoryChanges : public Changes, public testing::WithParamInterface<Case> {
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
            must_[p].guest = guest_->journal(0, first_ + p);
    }

    // With the log on, what is written after the change is logged as well.
    void in_turns(bool logged) {
        if (logged) guest_->log().switch_to(true, slots_);
        for (const MemoryRange& r : ranges()) {
            collect();
            prepare();
            if (!logged) fill();
            const std::vector<std::uint64_t> pages = look_at(r);
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
        const std::vector<std::uint64_t> pages = look_at(ranges().back());
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

// A child has the memory as it was when it was made: whoever writes first has a copy.
class Fork : public Changes, public testing::WithParamInterface<MemoryKind> {
  protected:
    using Pages = std::vector<std::uint64_t>;

    // What the child sees when it is told to look: two lanes of each page.
    class Child {
      public:
        Child(const Memory& memory, const Pages& pages, const std::vector<unsigned>& lanes) {
            int go[2], back[2];
            if (pipe2(go, O_CLOEXEC) != 0 || pipe2(back, O_CLOEXEC) != 0) throw_errno("pipe2");
            go_ = Fd(go[1]);
            back_ = Fd(back[0]);
            const Fd wait(go[0]), answer(back[1]);
            std::vector<std::uint64_t> stamps(pages.size() * lanes.size());
            pid_ = fork();
            if (pid_ < 0) throw_errno("fork");
            if (pid_ != 0) return;
            go_.reset();
            char told = 0;
            if (TEMP_FAILURE_RETRY(::read(wait.get(), &told, 1)) != 1) _exit(1);
            std::size_t n = 0;
            for (const std::uint64_t page : pages)
                for (const unsigned lane : lanes) stamps[n++] = load_lane(memory.page(page), lane);
            const auto bytes = static_cast<ssize_t>(n * sizeof stamps[0]);
            _exit(TEMP_FAILURE_RETRY(::write(answer.get(), stamps.data(), n * sizeof stamps[0])) ==
                          bytes
                      ? 0
                      : 1);
        }
        ~Child() {
            go_.reset();
            TEMP_FAILURE_RETRY(waitpid(pid_, nullptr, 0));
        }
        Child(const Child&) = delete;
        Child& operator=(const Child&) = delete;

        std::vector<std::uint64_t> look(std::size_t count) {
            if (TEMP_FAILURE_RETRY(::write(go_.get(), "", 1)) != 1)
                throw_errno("write to the child");
            std::vector<std::uint64_t> stamps(count);
            const std::size_t bytes = count * sizeof stamps[0];
            if (TEMP_FAILURE_RETRY(::read(back_.get(), stamps.data(), bytes)) !=
                static_cast<ssize_t>(bytes))
                throw std::runtime_error("the child has ended");
            return stamps;
        }

      private:
        Fd go_, back_;
        pid_t pid_ = -1;
    };

    void child_sees(Child& child, const Pages& pages, const std::vector<unsigned>& lanes) {
        const std::vector<std::uint64_t> stamps = child.look(pages.size() * lanes.size());
        std::vector<mmuwitness_mark> marks;
        std::size_t n = 0;
        for (const std::uint64_t page : pages)
            for (const unsigned lane : lanes)
                marks.push_back(seen(page, first_ + page, lane, stamps[n++], MMUWITNESS_SIDE_HOST));
        run_.witness.marks(marks);
    }
};

TEST_P(Fork, ChildKeepsWhatItHas) {
    constexpr int kRounds = 4;
    try {
        make_memory(GetParam());
        start();
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
    const OwnCpu own_cpu(guest_->thread(0).tid());
    const std::vector<unsigned> lanes = {guest_->lane(0), unsigned{kHostLane}};
    for (int round = 0; round < kRounds; round++) {
        const Pages pages = look_at(ranges()[0]);
        write(pages);
        Child child(memory_, pages, lanes);
        const auto then = must_;
        look(pages);
        if (round % 2 == 0) {
            guest_writes(pages);
            look(pages);
            host_writes(pages);
        } else {
            // The guest has the page that the child keeps.
            host_writes(pages);
            look(pages);
            guest_writes(pages);
        }
        look(pages);
        // Private memory is the child's own from the fork on, shared memory is everybody's.
        const auto now = must_;
        if (memory_.is_private()) must_ = then;
        child_sees(child, pages, lanes);
        must_ = now;
        trial();
    }
}

std::string fork_name(const testing::TestParamInfo<MemoryKind>& info) {
    return name_of(info.param);
}

INSTANTIATE_TEST_SUITE_P(, Fork,
                         testing::Values(MemoryKind::kFile, MemoryKind::kAnonymous,
                                         MemoryKind::kHugeAnonymous),
                         fork_name);
INSTANTIATE_TEST_SUITE_P(Full, Fork, testing::Values(MemoryKind::kHugeShared, MemoryKind::kHugetlb),
                         fork_name);

}  // namespace

}  // namespace mmuw::changes
