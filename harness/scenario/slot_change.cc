// SPDX-License-Identifier: GPL-2.0-only
// A memslot is deleted or moved under a guest that stays in guest mode: nothing but KVM's own flush
// ends its use of the old translations. What it then accesses at the old place must be nothing.
#include <linux/kvm.h>

#include <ranges>

#include "backing/lanes.h"
#include "run/own_cpu.h"
#include "run/scenario_test.h"
#include "vmm/arch.h"

namespace mmuw::slot_change {

namespace {

constexpr std::uint64_t kPages = 8;
constexpr int kRounds = 6;
constexpr int kBusyRounds = 12;

enum class Change { kDelete, kMove };
using arch::SlotZap;

class SlotScenario : public ScenarioTest {
  protected:
    // What the vCPU has written there is in the memory.
    void look(Guest& guest, const Memslot& slot, unsigned vcpu, const void* memory) {
        std::vector<mmuwitness_mark> marks;
        for (std::uint64_t i = 0; i < kPages; i++)
            marks.push_back(make_mark(
                vm_id(guest), mark::Seen{.slot = slot.id(),
                                         .gfn = slot.gfn() + i,
                                         .lane = guest.lane(vcpu),
                                         .seen = load_lane(static_cast<const std::byte*>(memory) +
                                                               i * page_size(),
                                                           guest.lane(vcpu)),
                                         .expect = guest.journal(vcpu, guest.first_page(slot) + i),
                                         .side = MMUWITNESS_SIDE_HOST}));
        run_.witness.marks(marks);
    }
};

class SlotChange : public SlotScenario,
                   public testing::WithParamInterface<std::tuple<Change, SlotZap>> {
  protected:
    // Twice: the exit of each fault of the first pass may flush the TLB (under emulation it does);
    // the second pass leaves entries for KVM to flush.
    static void fill_tlb(Guest& guest, std::uint64_t first) {
        guest.write(0, first, kPages);
        guest.write(0, first, kPages);
    }
    // The slot was at `first` until now. Does the guest notice?
    bool access(Guest& guest, std::uint64_t slot, const BackingFile& file, std::uint64_t first) {
        const auto pages = std::views::iota(first, first + kPages);
        std::vector<std::uint64_t> before;
        for (const std::uint64_t page : pages) before.push_back(guest.unbacked(0, page));
        guest.write(0, first, kPages);
        std::vector<mmuwitness_mark> marks;
        bool noticed = true;
        for (const std::uint64_t page : pages) {
            const std::uint64_t exits = guest.unbacked(0, page) - before[page - first];
            const bool reached =
                load_lane(file.page(page - first), guest.lane(0)) == guest.journal(0, page);
            marks.push_back(make_mark(
                vm_id(guest),
                mark::Gone{
                    .slot = slot, .gfn = guest.gfn(page), .exits = exits, .reached = reached}));
            noticed &= exits != 0 && !reached;
        }
        run_.witness.marks(marks);
        return noticed;
    }
};

class SlotDeleted : public ScenarioTest {};
class TwoAddressSpaces : public SlotScenario {};
class SlotMoves : public ScenarioTest {};

// The reference MMU has no page tables to give up.
bool goes_by(Vm& vm, SlotZap zap) {
    return vm.kvm().mmu().reference ? zap == SlotZap::kLeafs : arch::set_slot_zap(vm, zap);
}

TEST_P(SlotChange, LeavesNoTranslationBehind) {
    const auto [change, zap] = GetParam();
    WitnessedFile& file = add_file(kPages);
    Guest& guest =
        add_guest({.pages = 2 * kPages, .idle = guest::Idle::kStay, .count_unbacked = true});
    if (!goes_by(guest.vm(), zap))
        GTEST_SKIP() << (zap == SlotZap::kLeafs
                             ? "this KVM gives up all page tables whenever a memslot goes"
                             : "this MMU never gives up more than the memslot's own entries");
    promise({"flush-on-zap", "isolated"});

    void* memory = file.file().mapping().get();
    Memslot* slot = &guest.add_memory(0, kPages, memory);
    guest.start();
    const OwnCpu own_cpu(guest.thread(0).tid());
    for (int round = 0; round < kRounds; round++) {
        const std::uint64_t here = guest.first_page(*slot);
        const std::uint64_t id = slot->id();
        // In all but the first round nothing was there just now, and the vCPU knows.
        fill_tlb(guest, here);
        look(guest, *slot, 0, memory);
        if (change == Change::kMove)
            guest.move_memory(*slot, here == 0 ? kPages : 0);
        else
            guest.remove_memory(*slot);
        trial(access(guest, id, file.file(), here));
        if (change == Change::kDelete) slot = &guest.add_memory(0, kPages, memory);
    }
}

INSTANTIATE_TEST_SUITE_P(, SlotChange,
                         testing::Combine(testing::Values(Change::kDelete, Change::kMove),
                                          testing::Values(SlotZap::kAll, SlotZap::kLeafs)),
                         [](const auto& info) {
                             return std::format(
                                 "{}_{}",
                                 std::get<0>(info.param) == Change::kDelete ? "delete" : "move",
                                 std::get<1>(info.param) == SlotZap::kAll ? "all" : "leafs");
                         });

// While the guest writes there, and so faults again as soon as anything is taken away: what it
// writes when the memslot has gone must go nowhere.
TEST_F(SlotDeleted, UnderAWriter) {
    promise({"flush-on-zap"});
    WitnessedFile& file = add_file(kPages);
    Guest& guest = add_guest({.pages = kPages, .count_unbacked = true});
    const auto stamps = [&] {
        std::vector<std::uint64_t> stamps;
        for (std::uint64_t i = 0; i < kPages; i++)
            stamps.push_back(load_lane(file.file().page(i), guest.lane(0)));
        return stamps;
    };
    Memslot* slot = &guest.add_memory(0, kPages, file.file().mapping().get());
    guest.start();
    for (int round = 0; round < rounds(kBusyRounds); round++) {
        guest.start_writing(0, 0, kPages);
        guest.wait_progress(0, kPages);
        const std::uint64_t id = slot->id();
        guest.remove_memory(*slot);
        const std::vector<std::uint64_t> at_end = stamps();
        std::vector<std::uint64_t> before;
        for (std::uint64_t i = 0; i < kPages; i++) before.push_back(guest.unbacked(0, i));
        guest.wait_progress(0, 3 * kPages);  // each page once at least
        guest.stop(0);
        const std::vector<std::uint64_t> now = stamps();
        std::vector<mmuwitness_mark> marks;
        for (std::uint64_t i = 0; i < kPages; i++)
            marks.push_back(
                make_mark(vm_id(guest), mark::Gone{.slot = id,
                                                   .gfn = guest.gfn(i),
                                                   .exits = guest.unbacked(0, i) - before[i],
                                                   .reached = now[i] != at_end[i]}));
        run_.witness.marks(marks);
        slot = &guest.add_memory(0, kPages, file.file().mapping().get());
        trial();
    }
}

// Each address space has a root of its own, and a vCPU that uses it: what goes from one of them is
// gone for its vCPU, whichever root was made last.
TEST_F(TwoAddressSpaces, LeaveNoTranslationBehind) {
    if (!has_smm(run_.kvm)) GTEST_SKIP() << "no system management mode";
    promise({"isolated"});
    WitnessedFile& file = add_file(2 * kPages);
    Guest& guest = add_guest({.vcpus = 2,
                              .pages = 2 * kPages,
                              .idle = guest::Idle::kStay,
                              .count_unbacked = true,
                              .smm_vcpus = 1});
    void* const memory[] = {file.file().page(0), file.file().page(kPages)};
    Memslot* slots[] = {&guest.add_memory(0, kPages, memory[0]),
                        &guest.add_smm_memory(kPages, kPages, memory[1])};
    guest.start();
    for (int round = 0; round < kRounds; round++) {
        for (const unsigned last : {0U, 1U}) {
            guest.write(1 - last, (1 - last) * kPages, kPages);
            guest.write(last, last * kPages, kPages);
        }
        for (const unsigned vcpu : {0U, 1U}) look(guest, *slots[vcpu], vcpu, memory[vcpu]);
        for (const unsigned vcpu : {0U, 1U}) {
            const std::uint64_t first = vcpu * kPages;
            guest.remove_memory(*slots[vcpu]);
            const std::uint64_t before = guest.unbacked(vcpu, first);
            guest.write(vcpu, first);
            mark(guest, mark::Outside{.gfn = guest.gfn(first),
                                      .exits = guest.unbacked(vcpu, first) - before});
            slots[vcpu] = vcpu == 0 ? &guest.add_memory(first, kPages, memory[vcpu])
                                    : &guest.add_smm_memory(first, kPages, memory[vcpu]);
        }
        trial();
    }
}

// The memslot moves by a page under a vCPU that accesses what is in it before and after: not even
// while it moves may anything of that be taken for MMIO.
TEST_F(SlotMoves, AreNotSeen) {
    constexpr int kMoves = 40;
    if (!run_.kvm.mmu().reference && !arch::faults_wait_for_moves())
        GTEST_SKIP() << "this MMU takes a memslot that is being moved for none";
    promise({"isolated"});
    WitnessedFile& file = add_file(kPages);
    Guest& guest =
        add_guest({.pages = kPages + 1, .idle = guest::Idle::kStay, .count_unbacked = true});
    Memslot& slot = guest.add_memory(0, kPages, file.file().mapping().get());
    guest.start();
    guest.start_writing(0, 1, kPages - 1);
    for (int i = 0; i < kMoves; i++) {
        guest.move_memory(slot, i % 2 == 0 ? 1 : 0);
        guest.wait_progress(0, 1);
        trial();
    }
    guest.stop(0);
    for (std::uint64_t page = 1; page < kPages; page++)
        mark(guest, mark::Backed{.gfn = guest.gfn(page), .exits = guest.unbacked(0, page)});
}

// What was written before a move is in the log after it, at the new place.
TEST_F(SlotMoves, KeepTheLog) {
    promise({"log-complete"});
    WitnessedFile& file = add_file(kPages);
    Guest& guest = add_guest({.pages = 2 * kPages});
    Memslot& slot = guest.add_memory(0, kPages, file.file().mapping().get());
    guest.start();
    guest.log().enable(slot);
    for (int round = 0; round < kRounds; round++) {
        const std::uint64_t first = guest.first_page(slot);
        guest.write(0, first, kPages / 2);
        guest.move_memory(slot, first == 0 ? kPages : 0);
        mark_written(guest, slot, 0, kPages / 2);
        static_cast<void>(guest.log().collect(slot));
        trial();
    }
}

}  // namespace

}  // namespace mmuw::slot_change
