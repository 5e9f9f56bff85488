// SPDX-License-Identifier: GPL-2.0-only
// A guest of the guest's: KVM has page tables for it that follow the guest's nested ones, and
// writes the state of the one into memory of the other. What it writes is in the log, on the disk,
// and where the memory is now, as anything that the guest does itself.
#include <sys/mman.h>

#include <chrono>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "backing/lanes.h"
#include "base/sys_error.h"
#include "run/own_cpu.h"
#include "run/scenario_test.h"
#include "vmm/arch.h"

namespace mmuw::nested {

namespace {

// Data pages of the guest: what its guest consists of, and what that has as memory.
constexpr std::uint64_t kControl = 0, kSave = 1, kCode = 2, kFirst = 3, kPages = 32;
enum class State { kAnonymous, kInFile };

class NestedGuest : public ScenarioTest, public testing::WithParamInterface<DirtyLogKind> {
  protected:
    void SetUp() override {
        ScenarioTest::SetUp();
        std::string why;
        if (!supported(run_.kvm, GetParam(), &why)) GTEST_SKIP() << why;
        const auto nested = arch::nested_guest(run_.kvm);
        if (!nested) GTEST_SKIP() << "guests have no guests here";
        nested_ = *nested;
    }

    void start(State state) {
        random_.seed(seed());
        file_ = &add_file(kPages);
        state_ = state == State::kInFile ? file_->file().page(0) : add_anonymous(kFirst).bytes();
        guest_ = &add_guest({.pages = kPages, .log = GetParam(), .idle = guest::Idle::kStay});
        slots_ = {&guest_->add_memory(0, kFirst, state_),
                  &guest_->add_memory(kFirst, kPages - kFirst, file_->file().page(kFirst))};
        guest_->start();
        guest_->with_vcpu(0, [&](const Vcpu& vcpu) { nested_.allow(vcpu, gpa(kSave)); });
        nested_.write_code(page(kCode));
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
    Guest* guest_ = nullptr;
    std::vector<Memslot*> slots_;

  private:
    std::uint64_t begin(arch::NestedGuest::Does does, std::uint64_t at, std::uint32_t lane,
                        std::uint64_t value) {
        nested_.prepare(page(kControl), gpa(kCode), does);
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
        return *slots_[at < kFirst ? 0 : 1];
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

    std::byte* state_ = nullptr;
    std::uint64_t stamp_ = 0, host_stamp_ = 0;
    std::mt19937_64 random_;
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

INSTANTIATE_TEST_SUITE_P(, NestedGuest, testing::Values(DirtyLogKind::kBitmap),
                         [](const auto& info) { return to_string(info.param); });
INSTANTIATE_TEST_SUITE_P(Full, NestedGuest,
                         testing::Values(DirtyLogKind::kManual, DirtyLogKind::kRing),
                         [](const auto& info) { return to_string(info.param); });

}  // namespace

}  // namespace mmuw::nested
