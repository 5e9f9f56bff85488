// SPDX-License-Identifier: GPL-2.0-only
// KVM writes into guest memory by itself: clocks, steal time, events. Such a write is in the log as
// any other, and goes where the memory is now, also after the page behind the gfn has changed; and
// nowhere when it has been switched off.
#include <linux/kvm.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>

#include "backing/lanes.h"
#include "base/sys_error.h"
#include "machine/machine_guard.h"
#include "machine/setting.h"
#include "run/own_cpu.h"
#include "run/scenario_test.h"
#include "vmm/arch.h"

namespace mmuw::kvm_writes {

namespace {

constexpr int kRounds = 4;
constexpr std::size_t kBytes = 64;
using Content = std::array<std::byte, kBytes>;

// What changes between one write of KVM's and the next.
enum class Between {
    kPagesLost,     // zeroes instead, in other pages
    kLogSwitched,   // off and on
    kSlotRemade,    // over other memory
    kMovedInPage,   // the guest wants it elsewhere in the same page
    kMovedToEnd,    // ... so that the page's end is its end
    kMovedOverEnd,  // ... so that the rest of it is in the next page
};

struct Case {
    arch::OwnWriter writer;
    DirtyLogKind log;
};

class KvmWrites : public ScenarioTest, public testing::WithParamInterface<Case> {
  protected:
    // Of one write, that can be seen of it.
    struct Arrived {
        bool bytes = false;
        bool in_next_page = false;
        bool complete = true;  // by its version, if it has one
    };

    void start(std::span<const arch::OwnWrite> writes) {
        for (const arch::OwnWrite& write : writes) {
            if (!write.with_last) pages_ += 2;
            writes_.push_back({write, pages_ - 2});
        }
        pages_ += 1;
        memory_ = add_anonymous(pages_).bytes();
        guest_ = &add_guest({.pages = pages_, .log = GetParam().log});
        slot_ = &guest_->add_memory(0, pages_, memory_);
        guest_->start();
        guest_->log().enable(*slot_);
        begin_writes();
        static_cast<void>(guest_->log().collect(*slot_));
    }

    void change(Between what) {
        switch (what) {
            case Between::kPagesLost:
                if (madvise(memory_, (pages_ - 1) * page_size(), MADV_DONTNEED) != 0)
                    throw_errno("madvise(MADV_DONTNEED)");
                return;
            case Between::kLogSwitched:
                guest_->log().disable(*slot_);
                guest_->log().enable(*slot_);
                return;
            case Between::kSlotRemade:
                guest_->log().disable(*slot_);
                guest_->remove_memory(*slot_);
                memory_ = add_anonymous(pages_).bytes();
                slot_ = &guest_->add_memory(0, pages_, memory_);
                guest_->log().enable(*slot_);
                return;
            case Between::kMovedInPage:
                offset_ += kBytes;
                place_ = Place::kInPage;
                break;
            case Between::kMovedToEnd:
                place_ = Place::kToEnd;
                break;
            case Between::kMovedOverEnd:
                place_ = Place::kOverEnd;
                break;
        }
        begin_writes();
        static_cast<void>(guest_->log().collect(*slot_));
    }

    // Has KVM written where it should? The vCPU runs, and is out of the guest before and after.
    std::vector<Arrived> write_again() {
        std::vector<Content> before(writes_.size());
        guest_->with_vcpu(0, [&](const Vcpu& vcpu) {
            for (std::size_t i = 0; i < writes_.size(); i++) {
                const Write& write = writes_[i];
                if (write.fill)
                    std::memset(page(write.page) + offset(write), static_cast<int>(*write.fill),
                                write.bytes);
                std::memset(page(write.page + 1), 0, kBytes);
                before[i] = content(write);
                ask_again(write, vcpu);
            }
        });
        run_after_waiting();
        std::vector<Arrived> arrived(writes_.size());
        guest_->with_vcpu(0, [&](const Vcpu& /*vcpu*/) {
            for (std::size_t i = 0; i < writes_.size(); i++)
                arrived[i] = {.bytes = content(writes_[i]) != before[i],
                              .in_next_page =
                                  std::ranges::any_of(std::span(page(writes_[i].page + 1), kBytes),
                                                      [](std::byte b) { return b != std::byte{}; }),
                              .complete = is_complete(writes_[i])};
        });
        return arrived;
    }

    // What was written is in the log, and all that is sure to be written arrives, what else could
    // be at first as well.
    void judge(const std::vector<Arrived>& arrived, const std::vector<Arrived>& at_first) {
        std::vector<mmuwitness_mark> marks;
        for (std::size_t i = 0; i < writes_.size(); i++) {
            const Write& write = writes_[i];
            if (write.logged) {
                if (arrived[i].bytes) marks.push_back(wrote(write.page));
                if (arrived[i].in_next_page) marks.push_back(wrote(write.page + 1));
            }
            if (arrived[i].bytes && write.version)
                marks.push_back(seen(write.page, offset(write), arrived[i].complete));
            if (write.may_be_same || (!write.sure && !at_first[i].bytes)) continue;
            marks.push_back(seen(write.page, offset(write), arrived[i].bytes));
            if (is_over_end(write))
                marks.push_back(seen(write.page + 1, 0, arrived[i].in_next_page));
        }
        run_.witness.marks(marks);
        static_cast<void>(guest_->log().collect(*slot_));
    }

    // None of those arrives that have been ended.
    void end_writes() {
        guest_->with_vcpu(0, [&](const Vcpu& vcpu) {
            for (const Write& write : writes_)
                if (write.end != nullptr) write.end(vcpu);
        });
        ended_ = true;
        const std::vector<Arrived> arrived = write_again();
        std::vector<mmuwitness_mark> marks;
        for (std::size_t i = 0; i < writes_.size(); i++)
            if (writes_[i].end != nullptr)
                marks.push_back(seen(writes_[i].page, offset(writes_[i]), !arrived[i].bytes));
        run_.witness.marks(marks);
        begin_writes();
        static_cast<void>(guest_->log().collect(*slot_));
    }

  private:
    struct Write : arch::OwnWrite {
        std::uint64_t page;  // and the next one is its own as well
    };

    [[nodiscard]] mmuwitness_mark wrote(std::uint64_t page) const {
        return make_mark(vm_id(*guest_),
                         mark::Wrote{.slot = slot_->id(), .gfn = slot_->gfn() + page});
    }
    // It is as it should be.
    [[nodiscard]] mmuwitness_mark seen(std::uint64_t page, std::uint64_t offset, bool seen) const {
        return make_mark(vm_id(*guest_), mark::Seen{.slot = slot_->id(),
                                                    .gfn = slot_->gfn() + page,
                                                    .lane = offset / sizeof(std::uint64_t),
                                                    .seen = seen,
                                                    .expect = 1,
                                                    .side = MMUWITNESS_SIDE_HOST});
    }

    // With the vCPU out of the guest, nobody writes.
    [[nodiscard]] bool is_complete(const Write& write) const {
        if (!write.version) return true;
        std::uint32_t version = 0;
        std::memcpy(&version, page(write.page) + offset(write) + *write.version, sizeof version);
        return version % 2 == 0;
    }

    // What has been ended KVM may refuse to write.
    void ask_again(const Write& write, const Vcpu& vcpu) const {
        try {
            write.again(vcpu);
        } catch (const SysError&) {
            if (!ended_ || write.end == nullptr) throw;
        }
    }

    // What the vCPU has had to wait for a CPU is stolen time, and some writes tell that alone.
    void run_after_waiting() {
        constexpr std::chrono::microseconds kBusy(200);
        const SharedCpu cpu(guest_->thread(0).tid());
        const std::uint64_t posted = guest_->post_write(0, pages_ - 1);
        const auto until = std::chrono::steady_clock::now() + kBusy;
        while (std::chrono::steady_clock::now() < until) {
        }
        guest_->wait(0, posted);
    }

    void begin_writes() {
        for (const Write& write : writes_) {
            if (begun_ && is_fixed(write) && (!ended_ || write.end == nullptr)) continue;
            const std::uint64_t gpa = guest_->gfn(write.page) * page_size();
            guest_->with_vcpu(0, [&](const Vcpu& vcpu) {
                try {
                    write.begin(vcpu, gpa + (write.at ? 0 : offset(write)));
                } catch (const SysError& error) {
                    // Taken once, and refused elsewhere: nothing will arrive there.
                    if (!begun_ || error.code().value() != EINVAL) throw;
                }
            });
        }
        begun_ = true;
        ended_ = false;
        guest_->write(0, pages_ - 1);
    }

    // It does not move with the others.
    [[nodiscard]] static bool is_fixed(const Write& write) { return write.stays || write.at; }
    [[nodiscard]] bool is_over_end(const Write& write) const {
        return place_ == Place::kOverEnd && write.before_end != 0;
    }
    [[nodiscard]] std::uint64_t offset(const Write& write) const {
        if (is_fixed(write)) return write.at.value_or(kOffset);
        if (is_over_end(write)) return page_size() - write.before_end;
        if (place_ == Place::kToEnd && write.may_end_page) return page_size() - write.bytes;
        return offset_;
    }
    [[nodiscard]] std::byte* page(std::uint64_t i) const { return memory_ + i * page_size(); }
    [[nodiscard]] Content content(const Write& write) const {
        Content bytes{};
        std::memcpy(bytes.data(), page(write.page) + offset(write),
                    std::min(write.bytes, page_size() - offset(write)));
        return bytes;
    }

    std::vector<Write> writes_;
    std::uint64_t pages_ = 0;                       // theirs; the last one is the guest's
    static constexpr std::uint64_t kOffset = 2048;  // behind the lanes
    std::uint64_t offset_ = kOffset;                // of KVM's bytes in each first page
    bool begun_ = false, ended_ = false;
    enum class Place { kInPage, kToEnd, kOverEnd };
    Place place_ = Place::kInPage;  // of those that may be there
    std::byte* memory_ = nullptr;
    Guest* guest_ = nullptr;
    Memslot* slot_ = nullptr;
};

TEST_P(KvmWrites, AreLoggedAndArrive) {
    std::string why;
    if (!supported(run_.kvm, GetParam().log, &why)) GTEST_SKIP() << why;
    const std::vector<arch::OwnWrite> writes = arch::own_writes(run_.kvm, GetParam().writer);
    if (run_.kvm.mmu().reference || writes.empty())
        GTEST_SKIP() << "nothing that this KVM writes by itself can be told from outside";
    promise({"log-complete"});
    if (!std::ranges::all_of(writes, &arch::OwnWrite::may_be_same)) promise({"isolated"});
    start(writes);
    for (int round = 0; round < kRounds; round++) {
        const std::vector<Arrived> at_first = write_again();
        judge(at_first, at_first);
        using enum Between;
        for (const Between between :
             {kPagesLost, kLogSwitched, kSlotRemade, kMovedInPage, kMovedToEnd, kMovedOverEnd}) {
            change(between);
            judge(write_again(), at_first);
        }
        end_writes();
        trial(std::ranges::all_of(at_first, &Arrived::bytes));
    }
}

INSTANTIATE_TEST_SUITE_P(, KvmWrites,
                         testing::ValuesIn(std::initializer_list<Case>{
                             {arch::OwnWriter::kKvm, DirtyLogKind::kBitmap},
                             {arch::OwnWriter::kKvm, DirtyLogKind::kRing},
                             {arch::OwnWriter::kXen, DirtyLogKind::kBitmap},
                             {arch::OwnWriter::kXen, DirtyLogKind::kRing}}),
                         [](const auto& info) {
                             const bool xen = info.param.writer == arch::OwnWriter::kXen;
                             return (xen ? "xen_" : "") + std::string(to_string(info.param.log));
                         });

// KVM writes for the guest, where it emulates an instruction of the guest's.
class Emulated : public ScenarioTest {
  protected:
    static constexpr std::uint64_t kUnit = 1'000'000'000;  // no stamp is as large

    void SetUp() override {
        ScenarioTest::SetUp();
        const std::string setting = arch::emulation_setting();
        if (run_.kvm.mmu().reference || setting.empty() || !has_setting(setting))
            GTEST_SKIP() << "nobody can have this KVM emulate an instruction";
        promise({"log-complete", "isolated"});
        scope_.emplace(run_.options.guard);
        try {
            run_.options.guard.set(setting, "1");
        } catch (const SysError& error) {
            GTEST_SKIP() << error.what();
        }
    }
    void TearDown() override {
        scope_.reset();
        ScenarioTest::TearDown();
    }

    // Its halves differ, and from one to the next.
    std::uint64_t next_across() {
        across_ += kUnit + 1;
        return across_ << 32 | (~across_ & 0xffffffff);
    }

    // One store to two pages, of which each has its own bytes and its own bit in the log.
    void write_across(Guest& guest, const Memslot& slot, const std::byte* memory,
                      std::uint64_t page) {
        const std::uint64_t stamp = next_across();
        static_cast<void>(
            guest.run(0, std::array{Guest::emulated_write_across_command(page, stamp)}));
        std::uint64_t seen;
        std::memcpy(&seen, memory + (page + 1) * page_size() - sizeof seen / 2, sizeof seen);
        for (const std::uint64_t written : {page, page + 1})
            mark(guest, mark::Wrote{.slot = slot.id(), .gfn = slot.gfn() + written});
        mark(guest, mark::Seen{.slot = slot.id(),
                               .gfn = slot.gfn() + page,
                               .lane = page_size() / sizeof seen - 1,
                               .seen = seen,
                               .expect = stamp,
                               .side = MMUWITNESS_SIDE_HOST});
    }

  private:
    std::optional<GuardScope> scope_;
    std::uint64_t across_ = 0;
};

class EmulatedWrites : public Emulated, public testing::WithParamInterface<DirtyLogKind> {
  protected:
    static constexpr std::uint64_t kPages = 16;

    // Half of the pages by a store, the others by an atomic addition to the host's lane.
    void write(Guest& guest, const Memslot& slot, std::byte* memory) {
        std::vector<guest::Command> commands;
        for (std::uint64_t page = 0; page < kPages; page++)
            commands.push_back(page % 2 == 0 ? Guest::emulated_write_command(page)
                                             : Guest::emulated_add_command(page, kUnit));
        for (guest::Command& c : commands)
            if (c.op == guest::Op::kAddEmulated) c.lane = kHostLane;
        const std::vector<CommandResult> done = guest.run(0, commands);
        added_ += kUnit;
        std::vector<mmuwitness_mark> marks;
        for (std::uint64_t page = 0; page < kPages; page++) {
            const std::uint64_t lane = page % 2 == 0 ? guest.lane(0) : kHostLane;
            marks.push_back(
                make_mark(vm_id(guest), mark::Wrote{.slot = slot.id(), .gfn = slot.gfn() + page}));
            marks.push_back(make_mark(
                vm_id(guest), mark::Seen{.slot = slot.id(),
                                         .gfn = slot.gfn() + page,
                                         .lane = lane,
                                         .seen = load_lane(memory + page * page_size(), lane),
                                         .expect = page % 2 == 0 ? done[page].last : added_,
                                         .side = MMUWITNESS_SIDE_HOST}));
        }
        run_.witness.marks(marks);
    }

    // One store whose first half has a memslot to go to, and whose second half exits.
    void write_over_the_end(Guest& guest, const Memslot& slot, const std::byte* memory) {
        constexpr std::uint64_t kLast = kPages - 1;
        const std::uint64_t stamp = next_across();
        const std::uint64_t before = guest.unbacked(0, kPages);
        static_cast<void>(
            guest.run(0, std::array{Guest::emulated_write_across_command(kLast, stamp)}));
        std::uint32_t seen;
        std::memcpy(&seen, memory + kPages * page_size() - sizeof seen, sizeof seen);
        mark(guest, mark::Wrote{.slot = slot.id(), .gfn = slot.gfn() + kLast});
        mark(guest, mark::Seen{.slot = slot.id(),
                               .gfn = slot.gfn() + kLast,
                               .lane = page_size() / sizeof stamp - 1,
                               .seen = seen,
                               .expect = stamp & 0xffffffff,
                               .side = MMUWITNESS_SIDE_HOST});
        mark(guest,
             mark::Outside{.gfn = guest.gfn(kPages), .exits = guest.unbacked(0, kPages) - before});
    }

    // What KVM reads for the guest is what is there, also in a memslot that may only be read, and
    // half of it in each of two.
    void read(Guest& guest, const Memslot& slot, std::byte* memory, std::uint64_t pages) {
        std::vector<guest::Command> commands;
        for (std::uint64_t page = 0; page < pages; page++) {
            store_lane(memory + page * page_size(), kReadLane, ++host_stamp_ * kUnit);
            commands.push_back(Guest::emulated_read_command(page, kReadLane));
        }
        const std::uint64_t last = pages - 2;
        const std::uint64_t across = next_across();
        std::memcpy(memory + (last + 1) * page_size() - sizeof across / 2, &across, sizeof across);
        commands.push_back(Guest::emulated_read_across_command(last));
        const std::vector<CommandResult> done = guest.run(0, commands);
        const auto seen = [&](std::uint64_t page, std::uint64_t lane, std::uint64_t found,
                              std::uint64_t wanted) {
            return make_mark(vm_id(guest), mark::Seen{.slot = slot.id(),
                                                      .gfn = slot.gfn() + page,
                                                      .lane = lane,
                                                      .seen = found,
                                                      .expect = wanted,
                                                      .side = MMUWITNESS_SIDE_GUEST});
        };
        std::vector<mmuwitness_mark> marks;
        for (std::uint64_t page = 0; page < pages; page++)
            marks.push_back(seen(page, kReadLane, done[page].last,
                                 load_lane(memory + page * page_size(), kReadLane)));
        marks.push_back(seen(last, page_size() / sizeof across - 1, done.back().last, across));
        run_.witness.marks(marks);
    }

    // Nothing may be written there, by an emulator either.
    void write_outside(Guest& guest) {
        const std::uint64_t before = guest.unbacked(0, kPages);
        static_cast<void>(guest.run(0, std::array{Guest::emulated_write_command(kPages)}));
        mark(guest,
             mark::Outside{.gfn = guest.gfn(kPages), .exits = guest.unbacked(0, kPages) - before});
    }

    static constexpr unsigned kReadLane = kHostLane + 1;  // the host's as well
    std::uint64_t added_ = 0, host_stamp_ = 0;
};

class EmulatedIntoRing : public Emulated {};

TEST_P(EmulatedWrites, AreLoggedAndArrive) {
    std::string why;
    if (!supported(run_.kvm, GetParam(), &why)) GTEST_SKIP() << why;
    WitnessedFile& file = add_file(kPages + 1);
    std::byte* const memory = file.file().mapping().bytes();
    // Lane 0 is where a store across two pages ends.
    Guest& guest = add_guest(
        {.first_lane = 1, .pages = kPages + 1, .log = GetParam(), .count_unbacked = true});
    Memslot& slot = guest.add_memory(0, kPages, memory);
    const bool has_read_only = guest.vm().check_extension(KVM_CAP_READONLY_MEM) > 0;
    if (has_read_only) guest.add_memory(kPages, 1, memory + kPages * page_size(), KVM_MEM_READONLY);
    guest.start();
    guest.log().enable(slot);
    for (int round = 0; round < kRounds; round++) {
        write(guest, slot, memory);
        for (std::uint64_t page = 0; page + 1 < kPages; page += 3)
            write_across(guest, slot, memory, page);
        write_over_the_end(guest, slot, memory);
        write_outside(guest);
        read(guest, slot, memory, kPages + (has_read_only ? 1 : 0));
        static_cast<void>(guest.log().collect(slot));
        trial();
    }
}

// Two pages at a time, and more of them than the ring has entries, from an odd one on: it has to be
// said to be full when there is still room for both.
TEST_F(EmulatedIntoRing, IsLogged) {
    constexpr std::uint64_t kPages = 801;
    // KVM wants room for what a CPU keeps back, as well (kvm_dirty_ring_get_rsvd_entries()).
    const std::uint32_t entries = std::bit_ceil(256 + arch::log_buffer_entries(run_.kvm));
    std::string why;
    if (!supported(run_.kvm, DirtyLogKind::kRing, &why)) GTEST_SKIP() << why;
    WitnessedFile& file = add_file(kPages);
    Guest& guest = add_guest({.first_lane = 1,
                              .pages = kPages,
                              .log = DirtyLogKind::kRing,
                              .log_options = {.ring_entries = entries}});
    Memslot& slot = guest.add_memory(0, kPages, file.file().mapping().get());
    guest.start();
    guest.log().enable(slot);
    for (int round = 0; round < 2; round++) {
        guest.write(0, kPages - 1);
        mark(guest, mark::Wrote{.slot = slot.id(), .gfn = slot.gfn() + kPages - 1});
        for (std::uint64_t page = 0; page + 2 < kPages; page += 2)
            write_across(guest, slot, file.file().mapping().bytes(), page);
        static_cast<void>(guest.log().collect(slot));
        trial();
    }
}

INSTANTIATE_TEST_SUITE_P(, EmulatedWrites,
                         testing::Values(DirtyLogKind::kBitmap, DirtyLogKind::kRing),
                         [](const auto& info) { return to_string(info.param); });

}  // namespace

}  // namespace mmuw::kvm_writes
