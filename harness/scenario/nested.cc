// SPDX-License-Identifier: GPL-2.0-only
// A guest of the guest's: KVM has page tables for it that follow the guest's nested ones, and
// writes the state of the one into memory of the other. What it writes is in the log, on the disk,
// and where the memory is now, as anything that the guest does itself.
#include <sys/mman.h>

#include <array>
#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "backing/lanes.h"
#include "base/sys_error.h"
#include "machine/damon.h"
#include "machine/unavailable.h"
#include "run/own_cpu.h"
#include "run/scenario_test.h"
#include "vmm/arch.h"

namespace mmuw::nested {

namespace {

// Data pages of the guest: what its guest consists of, and what that has as memory. Behind them are
// the nested page tables.
constexpr std::uint64_t kControl = 0, kSave = 1, kCode = 2, kFirst = 3, kPages = 32;
enum class State { kAnonymous, kInFile };

class Nested : public ScenarioTest {
  protected:
    void SetUp() override {
        ScenarioTest::SetUp();
        const auto nested = arch::nested_guest(run_.kvm);
        if (!nested) GTEST_SKIP() << "guests have no guests here";
        nested_ = *nested;
    }

    void start(State state, DirtyLogKind log, MemoryKind tables = MemoryKind::kAnonymous) {
        random_.seed(seed());
        file_ = &add_file(kPages);
        state_ = state == State::kInFile ? file_->file().page(0) : add_anonymous(kFirst).bytes();
        tables_ = add_memory(tables, nested_.tables_bytes / page_size(), 1);
        first_table_ = tables_.pages() > kPages ? tables_.pages() : kPages;
        guest_ = &add_guest(
            {.pages = first_table_ + tables_.pages(), .log = log, .idle = guest::Idle::kStay});
        slots_ = {&guest_->add_memory(0, kFirst, state_),
                  &guest_->add_memory(kFirst, kPages - kFirst, file_->file().page(kFirst)),
                  &guest_->add_memory(first_table_, tables_.pages(), tables_.page(0))};
        nested_.write_tables(tables_.bytes, gpa(first_table_));
        guest_->start();
        guest_->with_vcpu(0, [&](const Vcpu& vcpu) { nested_.allow(vcpu, gpa(kSave)); });
        nested_.write_code(page(kCode));
        mark(*guest_, mark::Nested{.vcpu = 0});
    }

    // By the guest's guest. It came to its end, which KVM has written to its control page.
    std::uint64_t run(arch::NestedGuest::Does does, std::uint64_t at, std::uint32_t lane,
                      std::uint64_t value) {
        return end(begin(does, at, lane, value));
    }

    // The log is taken while the guest's guest runs: what KVM writes at its end is in the next.
    void end_after_collection(std::uint64_t at) {
        store_lane(file_->file().page(at), kHostLane, 0);
        const std::uint64_t number = begin(arch::NestedGuest::Does::kWait, at, kHostLane, 0);
        guest_->wait_begun(0, number);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        collect();
        store_lane(file_->file().page(at), kHostLane, ++host_stamp_);
        static_cast<void>(end(number));
        collect();
    }

    // Twice: the second time there may be a translation.
    void write(std::uint64_t at) {
        for (int i = 0; i < 2; i++)
            run(arch::NestedGuest::Does::kStore, at, guest_->lane(0), ++stamp_);
        wrote(at);
        see(at, guest_->lane(0), load_lane(file_->file().page(at), guest_->lane(0)), stamp_,
            MMUWITNESS_SIDE_HOST);
    }

    void read(std::uint64_t at) {
        store_lane(file_->file().page(at), kHostLane, ++host_stamp_);
        see(at, kHostLane, run(arch::NestedGuest::Does::kLoad, at, kHostLane, 0), host_stamp_,
            MMUWITNESS_SIDE_GUEST);
    }

    void touched(std::uint64_t at) {
        mark(*guest_, mark::Touched{.slot = slot_of(at).id(), .gfn = guest_->gfn(at), .pages = 1});
    }

    void collect() {
        for (Memslot* slot : slots_)
            if (slot->logged()) static_cast<void>(guest_->log().collect(*slot));
    }

    void change_memory() {
        switch (random_() % 4) {
            case 0:
                if (madvise(file_->file().mapping().get(), kPages * page_size(), MADV_DONTNEED) !=
                    0)
                    throw_errno("madvise(MADV_DONTNEED)");
                return;
            case 1:
                sync();
                return;
            case 2:
                // The guest itself has been there.
                guest_->read(0, kFirst, kPages - kFirst);
                return;
            default:
                return;
        }
    }

    void sync() {
        file_->sync(Sync::kFsync, [this] {
            std::vector<Expectation> all;
            for (std::uint64_t at = kFirst; at < kPages; at++)
                all.push_back({.page = at,
                               .lane = guest_->lane(0),
                               .stamp = load_lane(file_->file().page(at), guest_->lane(0))});
            return all;
        });
    }

    std::uint64_t any() { return kFirst + random_() % (kPages - kFirst); }

    arch::NestedGuest nested_{};
    WitnessedFile* file_ = nullptr;
    Memory tables_;
    std::uint64_t first_table_ = 0;  // data page
    Guest* guest_ = nullptr;
    std::vector<Memslot*> slots_;
    std::mt19937_64 random_;

    std::uint64_t begin(arch::NestedGuest::Does does, std::uint64_t at, std::uint32_t lane,
                        std::uint64_t value) {
        nested_.prepare(page(kControl), gpa(kCode), gpa(first_table_), does);
        return guest_->post(0, Guest::nested_command(at, lane, value, gpa(kControl)));
    }
    std::uint64_t end(std::uint64_t number) {
        const std::uint64_t last = guest_->wait(0, number).last;
        if (const auto why = nested_.why_not_done(page(kControl)); !why.empty())
            throw std::runtime_error(why);
        wrote(kControl);
        return last;
    }
    [[nodiscard]] const Memslot& slot_of(std::uint64_t at) const {
        return *slots_[at < kFirst ? 0 : at < kPages ? 1 : 2];
    }
    void wrote(std::uint64_t at) {
        if (slot_of(at).logged())
            mark(*guest_, mark::Wrote{.slot = slot_of(at).id(), .gfn = guest_->gfn(at)});
    }
    void see(std::uint64_t at, std::uint64_t lane, std::uint64_t seen, std::uint64_t expect,
             std::uint64_t side) {
        mark(*guest_, mark::Seen{.slot = slot_of(at).id(),
                                 .gfn = guest_->gfn(at),
                                 .lane = lane,
                                 .seen = seen,
                                 .expect = expect,
                                 .side = side});
    }
    [[nodiscard]] std::uint64_t gpa(std::uint64_t at) const {
        return guest_->gfn(at) * page_size();
    }
    [[nodiscard]] std::span<std::byte> page(std::uint64_t at) const {
        return {state_ + at * page_size(), page_size()};
    }

    std::uint64_t stamp_ = 0, host_stamp_ = 0;

  private:
    std::byte* state_ = nullptr;
};

class NestedGuest : public Nested, public testing::WithParamInterface<DirtyLogKind> {
  protected:
    void SetUp() override {
        Nested::SetUp();
        std::string why;
        if (!IsSkipped() && !supported(run_.kvm, GetParam(), &why)) GTEST_SKIP() << why;
    }
    void start(State state) { Nested::start(state, GetParam()); }
};

TEST_P(NestedGuest, IsLoggedAsItsGuest) {
    constexpr int kRounds = 4, kPagesOfARound = 3;
    promise({"isolated", "log-complete", "durable"});
    start(State::kAnonymous);
    const OwnCpu own_cpu(guest_->thread(0).tid());
    for (int round = 0; round < rounds(kRounds); round++) {
        if (round % 4 == 1) guest_->log().switch_to(true, slots_);
        for (int i = 0; i < kPagesOfARound; i++) {
            const std::uint64_t at = any();
            read(at);
            write(at);
            collect();
            change_memory();
            write(at);
            read(any());
            collect();
        }
        end_after_collection(any());
        if (round % 4 == 3) guest_->log().switch_to(false, slots_);
        sync();
        trial();
    }
}

// KVM writes to it through a mapping of its own, and says so to the file when it is done.
TEST_P(NestedGuest, HasItsStateInAFile) {
    promise({"dirty-in-time", "durable"});
    start(State::kInFile);
    for (std::uint64_t at = kFirst; at < kFirst + 4; at++) {
        write(at);
        sync();
        trial();
    }
}

// Of SPTEs that the TDP MMU does not have: whoever asks for accesses is told of these as well.
TEST_P(NestedGuest, ItsAccessesAreSeen) {
    constexpr int kRounds = 8;
    promise({"young", "isolated"});
    start(State::kAnonymous);
    const std::span<std::byte> memory = {file_->file().page(kFirst), page_size()};
    try {
        const GuardScope scope(run_.options.guard);
        const Damon damon(run_.options.guard, memory);
        for (int round = 0; round < kRounds; round++) {
            if (madvise(memory.data(), memory.size(), MADV_DONTNEED) != 0)
                throw_errno("madvise(MADV_DONTNEED)");
            for (int i = 0; i < 2; i++) read(kFirst);
            touched(kFirst);
            std::this_thread::sleep_for(std::chrono::milliseconds(30));
            trial({});
        }
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
}

INSTANTIATE_TEST_SUITE_P(, NestedGuest, testing::Values(DirtyLogKind::kBitmap),
                         [](const auto& info) { return to_string(info.param); });
INSTANTIATE_TEST_SUITE_P(Full, NestedGuest,
                         testing::Values(DirtyLogKind::kManual, DirtyLogKind::kRing),
                         [](const auto& info) { return to_string(info.param); });

// The guest changes the nested page tables that its guest has used, and has the CPU forget them:
// KVM has to have seen it, and tells of accesses that they do not allow as what they were.
class NestedTables : public Nested, public testing::WithParamInterface<MemoryKind> {
  protected:
    using Does = arch::NestedGuest::Does;

    // From now on `at` is the page `to`, for the guest's guest.
    void map(std::uint64_t at, std::uint64_t to, bool writable) {
        set_entry(table(), at, nested_.entry(gpa(to), writable));
    }
    void unmap(std::uint64_t at) { set_entry(table(), at, 0); }
    // All of them are what they are for the guest itself, by a huge page; or as they were mapped.
    void map_huge(bool huge) {
        set_entry(first_table_ + nested_.upper_table, 0,
                  nested_.upper_entry(gpa(huge ? 0 : table()), huge));
    }

    // It reads what the page `to` has, and what it writes is there.
    void use(std::uint64_t at, std::uint64_t to) {
        store_lane(file_->file().page(to), kHostLane, ++host_stamp_);
        see(to, kHostLane, run(Does::kLoad, at, kHostLane, 0), host_stamp_, MMUWITNESS_SIDE_GUEST);
        run(Does::kStore, at, guest_->lane(0), ++stamp_);
        wrote(to);
        see(to, guest_->lane(0), load_lane(file_->file().page(to), guest_->lane(0)), stamp_,
            MMUWITNESS_SIDE_HOST);
    }

    // What the guest is told of an access, as a number: 0 is nothing, as it was made.
    static std::uint64_t number_of(const std::optional<arch::NestedGuest::Fault>& fault) {
        return fault ? fault->gpa / page_size() << 2 | (fault->write ? 2U : 0U) |
                           (fault->present ? 1U : 0U)
                     : 0;
    }
    void try_it(Does does, std::uint64_t at, bool present) {
        guest_->wait(0, begin(does, at, kHostLane, ++host_stamp_));
        wrote(kControl);
        const bool write = does == Does::kStore;
        see(table(), at, number_of(nested_.fault(page(kControl))),
            number_of(arch::NestedGuest::Fault{.gpa = gpa(at), .write = write, .present = present}),
            MMUWITNESS_SIDE_GUEST);
    }

    // A page of the tables' memory that no table is in.
    void write_beside() {
        const std::uint64_t beside = nested_.tables_bytes / page_size();
        if (beside < tables_.pages()) guest_->write(0, first_table_ + beside);
    }

  private:
    [[nodiscard]] std::uint64_t table() const { return first_table_ + nested_.small_table; }
    void set_entry(std::uint64_t table, std::uint64_t number, std::uint64_t value) {
        static_cast<void>(guest_->run(0, std::array{Guest::try_write_command(
                                             table, static_cast<std::uint32_t>(number), value)}));
        wrote(table);
    }
};

TEST_P(NestedTables, AreFollowed) {
    constexpr int kRounds = 8;
    promise({"isolated", "log-complete"});
    try {
        start(State::kAnonymous, DirtyLogKind::kBitmap, GetParam());
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
    const OwnCpu own_cpu(guest_->thread(0).tid());
    // The guest has written to its tables before anybody follows them.
    map(kFirst, kFirst, true);
    map_huge(false);
    for (int round = 0; round < rounds(kRounds); round++) {
        if (round % 4 == 1) guest_->log().switch_to(true, slots_);
        const std::uint64_t at = any(), to = kFirst + (at - kFirst + 1) % (kPages - kFirst);
        use(at, at);
        write_beside();
        map(at, to, true);
        use(at, to);
        map_huge(true);
        use(at, at);
        write_beside();
        map_huge(false);
        use(at, to);
        collect();
        map(at, at, true);
        use(at, at);
        map(at, to, false);
        try_it(Does::kStore, at, true);
        unmap(at);
        try_it(Does::kLoad, at, false);
        try_it(Does::kStore, at, false);
        map(at, at, true);
        collect();
        use(at, at);
        collect();
        if (round % 4 == 3) guest_->log().switch_to(false, slots_);
        trial();
    }
}

INSTANTIATE_TEST_SUITE_P(, NestedTables,
                         testing::Values(MemoryKind::kAnonymous, MemoryKind::kHugeAnonymous),
                         [](const auto& info) { return std::string(name_of(info.param)); });

}  // namespace

}  // namespace mmuw::nested
