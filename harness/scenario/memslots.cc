// SPDX-License-Identifier: GPL-2.0-only
// Memslots come, go, move, and have their log switched, many at a time and several over the same
// memory. After each change every one of them gives the guest the memory that it has, no more and
// no less: what no memslot has, and writes to one that is read-only, exit.
#include <linux/kvm.h>
#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <ranges>
#include <set>
#include <thread>

#include "backing/lanes.h"
#include "base/sys_error.h"
#include "machine/unavailable.h"
#include "run/own_cpu.h"
#include "run/scenario_test.h"
#include "vmm/arch.h"

namespace mmuw::memslots {

namespace {

struct Case {
    MemoryKind kind;
    DirtyLogKind log;
    bool race = false;    // the memory is unmapped, and a vCPU writes everywhere, meanwhile
    bool smm = false;     // in the second address space
    bool sparse = false;  // a page table each, and KVM has to do with few
};

class Memslots : public ScenarioTest, public testing::WithParamInterface<Case> {
  protected:
    struct Placed {
        Memslot* slot;
        std::uint64_t first, pages, from;  // data pages of the guest, and of the memory
        bool read_only;
        [[nodiscard]] bool has(std::uint64_t page) const { return page - first < pages; }
    };

    void make_memory() {
        constexpr std::uint64_t kSmall = 160;
        const std::uint64_t huge = huge_bytes() / page_size();
        if (is_huge(GetParam().kind)) align_ = huge;
        memory_ = add_memory(GetParam().kind, kSmall, 3);
        guest_pages_ = GetParam().sparse ? arch::data_bytes() / page_size() : 3 * memory_.pages();
    }

    void start() {
        random_.seed(seed());
        const unsigned vcpus = GetParam().race ? 2 : 1;
        guest_ = &add_guest({.vcpus = vcpus,
                             .pages = guest_pages_,
                             .log = GetParam().log,
                             .idle = guest::Idle::kStay,
                             .count_unbacked = true,
                             .memory_comes_back = true,
                             .smm_vcpus = GetParam().smm ? vcpus : 0});
        has_read_only_ = guest_->vm().check_extension(KVM_CAP_READONLY_MEM) > 0;
        guest_->start();
    }

    std::uint64_t below(std::uint64_t n) { return random_() % n; }

    // ---- changes

    // Where there is room; at a place that allows huge SPTEs, or at any.
    void add() {
        const std::uint64_t unit = align_ > 1 ? align_ : GetParam().sparse ? 2 : 64;
        const std::uint64_t sizes[] = {
            1,        2,        unit - 1,
            unit,     unit + 1, 1 + below(GetParam().sparse ? 4 : memory_.pages() / 2),
            2 * unit, 7};
        const std::uint64_t pages = std::min(sizes[below(std::size(sizes))], memory_.pages());
        const std::uint64_t from = below(memory_.pages() - pages + 1);
        std::uint64_t first = below(guest_pages_ - pages + 1);
        if (below(4) != 0) first = first / align_ * align_ + from % align_;
        const auto overlaps = [&](const Placed& p) {
            return first < p.first + p.pages && p.first < first + pages;
        };
        if (first + pages > guest_pages_ || std::ranges::any_of(placed_, overlaps)) return;
        if (made_ + 1 >= guest_->vm().check_extension(KVM_CAP_NR_MEMSLOTS)) return;  // ids
        made_++;
        const bool read_only = has_read_only_ && below(4) == 0;
        Memslot& slot =
            guest_->add_memory(first, pages, memory_.page(from), read_only ? KVM_MEM_READONLY : 0);
        placed_.push_back({&slot, first, pages, from, read_only});
    }

    void remove(std::size_t i) {
        guest_->remove_memory(*placed_[i].slot);
        placed_.erase(placed_.begin() + static_cast<std::ptrdiff_t>(i));
    }

    // By a page, or so far that it is a whole number of huge pages, or anywhere.
    void move(std::size_t i) {
        Placed& p = placed_[i];
        if (p.slot->logged()) guest_->log().disable(*p.slot);
        const std::uint64_t to[] = {p.first + 1, p.first - 1, p.first + align_, p.first - align_,
                                    below(guest_pages_)};
        const std::uint64_t first = to[below(std::size(to))];
        const auto overlaps = [&](const Placed& other) {
            return &other != &p && first < other.first + other.pages &&
                   other.first < first + p.pages;
        };
        if (first >= guest_pages_ || first + p.pages > guest_pages_ ||
            std::ranges::any_of(placed_, overlaps))
            return;
        guest_->move_memory(*p.slot, first);
        p.first = first;
    }

    void toggle_log(std::size_t i) {
        Memslot& slot = *placed_[i].slot;
        if (slot.logged())
            guest_->log().disable(slot);
        else
            guest_->log().enable(slot);
    }

    void change() {
        const std::size_t most = GetParam().sparse ? 90 : 31;
        if (GetParam().sparse)
            static_cast<void>(arch::limit_page_tables(guest_->vm(), below(2) == 0 ? kFew : kMany));
        if (placed_.size() < 3 || (placed_.size() < most && below(2) == 0)) return add();
        const std::size_t i = below(placed_.size());
        switch (below(3)) {
            case 0:
                return remove(i);
            case 1:
                return move(i);
            default:
                return toggle_log(i);
        }
    }

    // ---- what the guest has after it

    [[nodiscard]] const Placed* at(std::uint64_t page) const {
        const auto p = std::ranges::find_if(placed_, [&](const Placed& q) { return q.has(page); });
        return p == placed_.end() ? nullptr : &*p;
    }

    // The ends of each memslot, what is beside them, and one page inside.
    std::vector<std::uint64_t> look_at() {
        std::set<std::uint64_t> pages;
        for (const Placed& p : placed_)
            for (const std::uint64_t page : {p.first - 1, p.first, p.first + below(p.pages),
                                             p.first + p.pages - 1, p.first + p.pages})
                if (page < guest_pages_) pages.insert(page);
        std::vector<std::uint64_t> order(pages.begin(), pages.end());
        std::ranges::shuffle(order, random_);
        return order;
    }

    // Twice where it gets through: the exit of a fault may flush the TLB (under emulation it does).
    void write(const std::vector<std::uint64_t>& pages) {
        std::vector<guest::Command> commands;
        std::vector<std::uint64_t> exits;
        for (const std::uint64_t page : pages) {
            commands.insert(commands.end(), 2, Guest::write_command(page));
            exits.push_back(guest_->unbacked(0, page));
        }
        const std::vector<CommandResult> done = guest_->run(0, commands);
        std::vector<mmuwitness_mark> marks;
        for (std::size_t i = 0; i < pages.size(); i++) {
            const std::uint64_t page = pages[i];
            const Placed* const p = at(page);
            if (p == nullptr || p->read_only) {
                marks.push_back(make_mark(
                    vm_id(*guest_), mark::Outside{.gfn = guest_->gfn(page),
                                                  .exits = guest_->unbacked(0, page) - exits[i]}));
                continue;
            }
            must_[p->from + page - p->first].guest = done[2 * i + 1].last;
            if (p->slot->logged())
                marks.push_back(make_mark(
                    vm_id(*guest_), mark::Wrote{.slot = p->slot->id(), .gfn = guest_->gfn(page)}));
        }
        run_.witness.marks(marks);
    }

    void read(const std::vector<std::uint64_t>& pages) {
        std::vector<guest::Command> commands;
        std::vector<std::uint64_t> there;
        for (const std::uint64_t page : pages) {
            const Placed* const p = at(page);
            if (p == nullptr) continue;
            there.push_back(page);
            const std::uint64_t of_memory = p->from + page - p->first;
            must_[of_memory].host = ++host_stamp_;
            store_lane(memory_.page(of_memory), kHostLane, host_stamp_);
            commands.push_back(Guest::read_command(page, guest_->lane(0)));
            commands.push_back(Guest::read_command(page, unsigned{kHostLane}));
        }
        const std::vector<CommandResult> done = guest_->run(0, commands);
        std::vector<mmuwitness_mark> marks;
        for (std::size_t i = 0; i < there.size(); i++) {
            const Placed& p = *at(there[i]);
            const std::uint64_t of_memory = p.from + there[i] - p.first;
            const Must& must = must_[of_memory];
            const unsigned lane = guest_->lane(0);
            marks.push_back(
                seen(p, there[i], lane, done[2 * i].last, must.guest, MMUWITNESS_SIDE_GUEST));
            marks.push_back(seen(p, there[i], kHostLane, done[2 * i + 1].last, must.host,
                                 MMUWITNESS_SIDE_GUEST));
            marks.push_back(seen(p, there[i], lane, load_lane(memory_.page(of_memory), lane),
                                 must.guest, MMUWITNESS_SIDE_HOST));
        }
        run_.witness.marks(marks);
    }

    [[nodiscard]] mmuwitness_mark seen(const Placed& p, std::uint64_t page, std::uint64_t lane,
                                       std::uint64_t stamp, std::uint64_t expect,
                                       std::uint64_t side) const {
        return make_mark(vm_id(*guest_), mark::Seen{.slot = p.slot->id(),
                                                    .gfn = guest_->gfn(page),
                                                    .lane = lane,
                                                    .seen = stamp,
                                                    .expect = expect,
                                                    .side = side});
    }

    // Somewhere in a memslot; what was written is gone, for all memslots over it.
    void lose_some() {
        const Placed& p = placed_[below(placed_.size())];
        const std::uint64_t first = p.from + below(p.pages);
        const std::uint64_t pages = std::min(1 + below(70), memory_.pages() - first);
        if (madvise(memory_.page(first), pages * page_size(),
                    memory_.is_private() ? MADV_DONTNEED : MADV_REMOVE) != 0)
            throw_errno("madvise({})", memory_.is_private() ? "MADV_DONTNEED" : "MADV_REMOVE");
        for (std::uint64_t page = first; page < first + pages; page++) must_.erase(page);
    }

    void step() {
        change();
        const std::vector<std::uint64_t> pages = look_at();
        write(pages);
        lose_some();
        read(pages);
        for (const Placed& p : placed_)
            if (p.slot->logged()) static_cast<void>(guest_->log().collect(*p.slot));
        trial();
    }

    // Shared memory: what is unmapped comes back with the next access.
    void unmap_some(std::uint64_t seed) const {
        std::mt19937_64 random(seed);
        const std::uint64_t pages = 1 + random() % memory_.pages();
        const std::uint64_t first = random() % (memory_.pages() - pages + 1);
        static_cast<void>(madvise(memory_.page(first), pages * page_size(), MADV_DONTNEED));
    }

    struct Must {
        std::uint64_t guest = 0, host = 0;
    };
    static constexpr std::uint64_t kFew = 64, kMany = 1024;  // KVM takes no less
    Guest* guest_ = nullptr;
    Memory memory_;
    std::uint64_t guest_pages_ = 0, align_ = 1;
    bool has_read_only_ = false;
    int made_ = 0;
    std::vector<Placed> placed_;
    std::map<std::uint64_t, Must> must_;  // by page of the memory; never written: zeroes
    std::uint64_t host_stamp_ = 0;
    std::mt19937_64 random_;
};

TEST_P(Memslots, GiveWhatTheyHave) {
    // Each step of a race takes long: nearly every access of the other vCPU is an exit or a fault.
    const int steps = GetParam().race || GetParam().sparse ? 12 : 40;
    promise({"isolated"});
    std::string why;
    if (!supported(run_.kvm, GetParam().log, &why)) GTEST_SKIP() << why;
    try {
        make_memory();
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
    if (GetParam().smm && !has_smm(run_.kvm)) GTEST_SKIP() << "no system management mode";
    start();
    if (!GetParam().race) {
        const OwnCpu own_cpu(guest_->thread(0).tid());
        for (int i = 0; GetParam().sparse && i < 100; i++) add();
        for (int i = 0; i < steps; i++) step();
        return;
    }
    guest_->start_writing(1, 0, guest_pages_,
                          {.order = guest::Order::kRandom, .seed = seed(), .relax = 100});
    const std::jthread unmapper([this](const std::stop_token& stop) {
        for (std::uint64_t i = 0; !stop.stop_requested(); i++) {
            unmap_some(seed() + i);
            std::this_thread::sleep_for(std::chrono::microseconds(500));
        }
    });
    for (int i = 0; i < steps; i++) step();
    guest_->stop(1);
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
    return std::format("{}_{}{}{}{}", name_of(info.param.kind), to_string(info.param.log),
                       info.param.race ? "_race" : "", info.param.smm ? "_smm" : "",
                       info.param.sparse ? "_sparse" : "");
}

INSTANTIATE_TEST_SUITE_P(, Memslots,
                         testing::Values(Case{MemoryKind::kFile, DirtyLogKind::kBitmap},
                                         Case{MemoryKind::kHugeAnonymous, DirtyLogKind::kManual},
                                         Case{MemoryKind::kFile, DirtyLogKind::kManual, true},
                                         Case{MemoryKind::kFile, DirtyLogKind::kRing, false, true}),
                         case_name);
INSTANTIATE_TEST_SUITE_P(
    Full, Memslots,
    testing::Values(Case{MemoryKind::kFile, DirtyLogKind::kRing},
                    Case{.kind = MemoryKind::kFile, .log = DirtyLogKind::kBitmap, .sparse = true},
                    Case{MemoryKind::kHugeShared, DirtyLogKind::kBitmap},
                    Case{MemoryKind::kHugeShared, DirtyLogKind::kBitmap, true},
                    Case{MemoryKind::kHugeAnonymous, DirtyLogKind::kBitmap, false, true}),
    case_name);

}  // namespace

}  // namespace mmuw::memslots
