// SPDX-License-Identifier: GPL-2.0-only
// The dirty log over memslots of every shape: what was written is in it, and nothing else, at each
// bit, word and page size. Guest and collector take turns without an exit in between, as in
// turns.cc.
#include <sys/mman.h>

#include <algorithm>
#include <optional>
#include <random>
#include <ranges>
#include <span>

#include "base/sys_error.h"
#include "machine/huge_memory.h"
#include "machine/machine_guard.h"
#include "machine/setting.h"
#include "machine/unavailable.h"
#include "run/own_cpu.h"
#include "run/scenario_test.h"
#include "vmm/arch.h"
#include "vmm/stats.h"

namespace mmuw::shapes {

namespace {

// A memslot: `pages` from data page `first` on, backed by the memory's pages from `from` on.
struct Piece {
    std::uint64_t first, pages, from;
};

struct Shape {
    const char* name;
    std::vector<Piece> pieces;
};

// In small pages. Neighbours without a gap, words of the bitmap that are full, begun and one bit.
std::vector<Shape> small_shapes() {
    return {
        {"sizes", {{0, 1, 0}, {3, 63, 1}, {66, 64, 64}, {130, 65, 128}, {300, 129, 193}}},
        {"unaligned", {{5, 129, 0}, {190, 257, 129}}},
        {"aliases", {{0, 96, 0}, {100, 96, 0}, {200, 64, 32}}},
        {"large", {{0, 4097, 0}}},
    };
}

// Memory of huge pages: a head and a tail that cannot be one SPTE, and an alias whose gfns are
// aligned otherwise than its memory, so that none of it can.
std::vector<Piece> huge_shape() {
    const std::uint64_t huge = huge_bytes() / page_size();
    // They end within the huge pages 3 and 8 of the guest's: one of each parity.
    return {{huge - 65, 65 + 2 * huge + 65, huge - 65},
            {4 * huge + 1, huge, huge},
            {7 * huge - 9, 9 + huge + 7, huge - 9}};
}

std::uint64_t last_of(const std::vector<Piece>& pieces, auto end) {
    return std::ranges::max(pieces | std::views::transform(end));
}

std::uint64_t guest_pages(const std::vector<Piece>& pieces) {
    return last_of(pieces, [](const Piece& p) { return p.first + p.pages; });
}

std::uint64_t memory_pages(const std::vector<Piece>& pieces) {
    return last_of(pieces, [](const Piece& p) { return p.from + p.pages; });
}

// Of huge SPTEs, for a log: arch::split_otherwise().
enum class Split { kUsual, kOther };

class Shapes : public ScenarioTest {
  protected:
    struct Slot {
        Piece piece;
        Memslot* memslot;
    };

    // The log is on for all of the memslots, then for every second one, then for the others.
    void run(const std::vector<Piece>& pieces, std::span<std::byte> memory, DirtyLogKind kind,
             bool huge = false, Split split = Split::kUsual) {
        promise({"log-complete", "log-precise", "flush-on-protect"});
        random_.seed(seed());
        const bool by_vm = split == Split::kOther && !split_other_by_machine();
        Guest& guest = add_guest({.pages = guest_pages(pieces),
                                  .log = kind,
                                  .log_options = {.ring_entries = kSmallRing,
                                                  .clear_parts = seed(),
                                                  .ring_parts = true,
                                                  .ring_full_again = kFullAgain},
                                  .idle = guest::Idle::kStay,
                                  .split_otherwise = by_vm});
        if (by_vm && !guest.splits_otherwise())
            throw Unavailable("this KVM has one way to split huge pages");
        std::vector<Slot> slots;
        for (const Piece& p : pieces)
            slots.push_back(
                {p, &guest.add_memory(p.first, p.pages, memory.data() + p.from * page_size())});
        guest.start();
        const OwnCpu own_cpu(guest.thread(0).tid());
        for (std::size_t phase = 0; phase < 3; phase++) {
            if (huge) fill(guest, slots);
            const std::optional<bool> met = huge ? has_huge_sptes(guest) : true;
            if (phase == 0 && met == false)
                throw Unavailable("this KVM has made no huge SPTEs of it");
            std::vector<Slot> logged;
            for (std::size_t i = 0; i < slots.size(); i++)
                if (phase == 0 || i % 2 == phase % 2) logged.push_back(slots[i]);
            for (const Slot& s : logged) guest.log().enable(*s.memslot);
            if (phase != 0) take_away(memory);
            if (kind == DirtyLogKind::kRing && phase == 0) fill_ring(guest, logged);
            for (int round = 0; round < kRounds; round++) {
                write_some(guest, slots, logged);
                for (const Slot& s : logged) static_cast<void>(guest.log().collect(*s.memslot));
                trial(met);
            }
            for (const Slot& s : logged) guest.log().disable(*s.memslot);
        }
    }

    void TearDown() override {
        machine_.reset();
        ScenarioTest::TearDown();
    }

  private:
    // False: the VM has to be asked. Only the TDP MMU splits before a write.
    bool split_other_by_machine() {
        const std::optional<arch::Setting> setting = arch::split_otherwise_setting();
        if (!setting) return false;
        if (run_.kvm.mmu().reference || !arch::why_no_spte_events().empty() ||
            !has_setting(setting->path))
            throw Unavailable("this KVM has one way to split huge pages");
        machine_.emplace(run_.options.guard);
        try {
            run_.options.guard.set(setting->path, setting->value);
        } catch (const SysError& error) {
            throw Unavailable(error.what());
        }
        return true;
    }

    static constexpr int kRounds = 3;
    static constexpr std::uint32_t kSmallRing = 1024;
    // More than the entries that a ring keeps back (KVM_DIRTY_RING_RSVD_ENTRIES).
    static constexpr unsigned kFullAgain = 80;

    // Where translations are to be there before the log is on, of a whole huge page if it may be.
    static void fill(Guest& guest, const std::vector<Slot>& slots) {
        for (const Slot& s : slots) guest.write(0, s.piece.first, s.piece.pages);
    }

    // More pages than the ring has entries, without a collection in between: the vCPU must not go
    // on before there is room again.
    void fill_ring(Guest& guest, const std::vector<Slot>& logged) {
        for (const Slot& s : logged) {
            if (s.piece.pages <= kSmallRing) continue;
            guest.write(0, s.piece.first, s.piece.pages);
            mark_written(guest, *s.memslot, 0, s.piece.pages);
            static_cast<void>(guest.log().collect(*s.memslot));
        }
    }

    // What is written next is a fault with the log on, of memory that may be huge.
    static void take_away(std::span<std::byte> memory) {
        if (mprotect(memory.data(), memory.size(), PROT_READ) != 0 ||
            mprotect(memory.data(), memory.size(), PROT_READ | PROT_WRITE) != 0)
            throw_errno("mprotect");
    }

    // Nothing: this KVM does not tell.
    static std::optional<bool> has_huge_sptes(Guest& guest) {
        const auto count = read_stat(guest.vm(), "pages_2m");
        return count ? std::optional(*count > 0) : std::nullopt;
    }

    // Around the ends of words, page tables and of the slot, and anywhere else.
    std::vector<std::uint64_t> draw_pages(const Piece& piece) {
        const std::uint64_t pages = piece.pages;
        const std::uint64_t entries = page_size() / sizeof(std::uint64_t);  // of a page table
        std::vector<std::uint64_t> chosen;
        for (std::uint64_t at = entries - piece.first % entries; at < pages; at += entries)
            for (const std::uint64_t edge : {at - 1, at})
                if (random_() % 2 == 0) chosen.push_back(edge);
        for (const std::uint64_t edge :
             {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{31}, std::uint64_t{32},
              std::uint64_t{62}, std::uint64_t{63}, std::uint64_t{64}, std::uint64_t{65},
              std::uint64_t{127}, std::uint64_t{128}, pages - 2, pages - 1})
            if (edge < pages && random_() % 2 == 0) chosen.push_back(edge);
        for (int i = 0; i < 6; i++) chosen.push_back(random_() % pages);
        std::ranges::sort(chosen);
        const auto twice = std::ranges::unique(chosen);
        chosen.erase(twice.begin(), twice.end());
        std::ranges::shuffle(chosen, random_);
        return chosen;
    }

    // Twice: the exit of each fault of the first pass may flush the TLB (under emulation it does);
    // the second pass leaves entries for KVM to flush.
    void write_some(Guest& guest, const std::vector<Slot>& all, const std::vector<Slot>& logged) {
        std::vector<mmuwitness_mark> marks;
        for (const Slot& s : all) {
            const std::vector<std::uint64_t> pages = draw_pages(s.piece);
            std::vector<guest::Command> commands;
            for (int pass = 0; pass < 2; pass++)
                for (const std::uint64_t page : pages)
                    commands.push_back(Guest::write_command(s.piece.first + page));
            guest.run(0, commands);
            const auto is_this = [&](const Slot& l) { return l.memslot == s.memslot; };
            if (std::ranges::any_of(logged, is_this)) append_marks(guest, s, pages, marks);
        }
        run_.witness.marks(marks);
    }

    void append_marks(Guest& guest, const Slot& s, const std::vector<std::uint64_t>& written,
                      std::vector<mmuwitness_mark>& marks) {
        const std::uint64_t slot = s.memslot->id(), gfn = s.memslot->gfn();
        PageBitmap may_be_there = guest.log().left(*s.memslot);
        for (const std::uint64_t page : written) {
            may_be_there.set(page);
            marks.push_back(make_mark(vm_id(guest), mark::Wrote{.slot = slot, .gfn = gfn + page}));
        }
        std::uint64_t first = 0;
        const auto forbid_up_to = [&](std::uint64_t end) {
            if (end > first)
                marks.push_back(make_mark(
                    vm_id(guest),
                    mark::Untouched{.slot = slot, .gfn = gfn + first, .pages = end - first}));
            first = end + 1;
        };
        may_be_there.each(forbid_up_to);
        forbid_up_to(s.piece.pages);
    }

    std::mt19937_64 random_;
    std::optional<GuardScope> machine_;
};

using SmallCase = std::tuple<std::size_t, DirtyLogKind>;  // index of small_shapes()
class SmallPages : public Shapes, public testing::WithParamInterface<SmallCase> {};

TEST_P(SmallPages, LogIsWhatWasWritten) {
    const auto [index, kind] = GetParam();
    std::string why;
    if (!supported(run_.kvm, kind, &why)) GTEST_SKIP() << why;
    const Shape shape = small_shapes().at(index);
    WitnessedFile& file = add_file(memory_pages(shape.pieces));
    run(shape.pieces, file.file().mapping().span(), kind);
}

constexpr DirtyLogKind kLogs[] = {DirtyLogKind::kBitmap, DirtyLogKind::kManual,
                                  DirtyLogKind::kManualInitSet, DirtyLogKind::kRing};

std::string name_of(DirtyLogKind kind) {
    return kind == DirtyLogKind::kManualInitSet ? "initset" : to_string(kind);
}

std::string small_name(const testing::TestParamInfo<SmallCase>& info) {
    return std::format("{}_{}", small_shapes()[std::get<0>(info.param)].name,
                       name_of(std::get<1>(info.param)));
}

// Each shape and each log once; all of both are in SUITE=full.
INSTANTIATE_TEST_SUITE_P(, SmallPages,
                         testing::Values(SmallCase{0, DirtyLogKind::kManual},
                                         SmallCase{1, DirtyLogKind::kBitmap},
                                         SmallCase{2, DirtyLogKind::kRing},
                                         SmallCase{3, DirtyLogKind::kManualInitSet},
                                         SmallCase{3, DirtyLogKind::kRing}),
                         small_name);
INSTANTIATE_TEST_SUITE_P(Full, SmallPages,
                         testing::Combine(testing::Range(std::size_t{0}, small_shapes().size()),
                                          testing::ValuesIn(kLogs)),
                         small_name);

using HugeCase = std::tuple<HugeKind, DirtyLogKind, Split>;
class HugePages : public Shapes, public testing::WithParamInterface<HugeCase> {};

TEST_P(HugePages, LogIsWhatWasWritten) {
    const auto [memory, kind, split] = GetParam();
    std::string why;
    if (!supported(run_.kvm, kind, &why)) GTEST_SKIP() << why;
    constexpr std::size_t kMost = 2U << 20;
    if (huge_bytes() > kMost) GTEST_SKIP() << "a huge page is " << (huge_bytes() >> 20) << " MB";
    const std::vector<Piece> pieces = huge_shape();
    try {
        run(pieces, add_huge(memory, memory_pages(pieces)).span(), kind, true, split);
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
}

std::string huge_name(const testing::TestParamInfo<HugeCase>& info) {
    const auto [memory, kind, split] = info.param;
    return std::format("{}_{}{}", to_string(memory), name_of(kind),
                       split == Split::kOther ? "_split_otherwise" : "");
}

INSTANTIATE_TEST_SUITE_P(
    , HugePages,
    testing::Values(HugeCase{HugeKind::kAnonymous, DirtyLogKind::kBitmap, Split::kUsual},
                    HugeCase{HugeKind::kShared, DirtyLogKind::kManualInitSet, Split::kUsual},
                    HugeCase{HugeKind::kHugetlb, DirtyLogKind::kManual, Split::kUsual},
                    HugeCase{HugeKind::kAnonymous, DirtyLogKind::kRing, Split::kUsual},
                    HugeCase{HugeKind::kAnonymous, DirtyLogKind::kBitmap, Split::kOther},
                    HugeCase{HugeKind::kAnonymous, DirtyLogKind::kManualInitSet, Split::kOther}),
    huge_name);
INSTANTIATE_TEST_SUITE_P(Full, HugePages,
                         testing::Combine(testing::ValuesIn(kHugeKinds), testing::ValuesIn(kLogs),
                                          testing::Values(Split::kUsual, Split::kOther)),
                         huge_name);

}  // namespace

}  // namespace mmuw::shapes
