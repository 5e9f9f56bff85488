// SPDX-License-Identifier: GPL-2.0-only
// Memory that is not there until a vCPU asks for it, as after a migration by post-copy: whoever
// touches a page waits until the VMM has brought it (userfaultfd).
#include <sys/mman.h>

#include <chrono>
#include <future>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "backing/lanes.h"
#include "base/sys_error.h"
#include "machine/unavailable.h"
#include "machine/userfault.h"
#include "run/scenario_test.h"

namespace mmuw::post_copy {

namespace {

using namespace std::chrono_literals;

struct Case {
    MemoryKind memory;
    bool async_faults;
};

class PostCopy : public ScenarioTest, public testing::WithParamInterface<Case> {
  protected:
    static constexpr unsigned kVcpus = 2;
    static constexpr std::uint64_t kSome = 32;  // pages that each of them writes meanwhile

    void start() {
        promise({"isolated"});
        constexpr std::uint64_t kSmall = 64;
        memory_ = add_memory(GetParam().memory, kSmall, 1);
        guest_ = &add_guest({.vcpus = kVcpus,
                             .pages = memory_.pages(),
                             .idle = guest::Idle::kStay,
                             .async_faults = GetParam().async_faults});
        slot_ = &guest_->add_memory(0, memory_.pages(), memory_.page(0));
        guest_->start();
    }

    // Everybody writes to all of it; then it is gone from the page tables, and all but a copy of it
    // if it is no file's.
    std::vector<std::byte> take_away() {
        for (unsigned vcpu = 0; vcpu < kVcpus; vcpu++) guest_->write(vcpu, 0, memory_.pages());
        host_stamp_++;
        for (std::uint64_t page = 0; page < memory_.pages(); page++)
            store_lane(memory_.page(page), kHostLane, host_stamp_);
        std::vector<std::byte> copy(memory_.bytes.begin(), memory_.bytes.end());
        if (madvise(memory_.bytes.data(), memory_.bytes.size(), MADV_DONTNEED) != 0)
            throw_errno("madvise(MADV_DONTNEED)");
        return copy;
    }

    // Brings what vCPUs wait for; how often they did. The rest comes when `stop`.
    std::uint64_t serve(Userfault& faults, const std::vector<std::byte>& copy,
                        const std::stop_token& stop) const {
        const auto bring = [&](std::byte* page) {
            const auto at = static_cast<std::size_t>(page - memory_.bytes.data());
            return faults.resolve(page, std::span(copy).subspan(at, page_size()));
        };
        std::uint64_t waited = 0;
        while (!stop.stop_requested())
            if (const auto page = faults.wait(1ms)) waited += bring(*page) ? 1 : 0;
        for (std::uint64_t page = 0; page < memory_.pages(); page++) bring(memory_.page(page));
        return waited;
    }

    void let_write_a_little() {
        for (unsigned vcpu = 0; vcpu < kVcpus; vcpu++)
            guest_->start_writing(vcpu, 0, memory_.pages(),
                                  {.order = guest::Order::kRandom, .seed = seed() + vcpu});
        for (unsigned vcpu = 0; vcpu < kVcpus; vcpu++) guest_->wait_progress(vcpu, kSome);
    }

    // At pages here and there.
    void look() {
        constexpr std::uint64_t kStep = 5;
        const unsigned lanes[] = {guest_->lane(0), guest_->lane(1), kHostLane};
        std::vector<guest::Command> commands;
        for (std::uint64_t page = 0; page < memory_.pages(); page += kStep)
            for (const unsigned lane : lanes) commands.push_back(Guest::read_command(page, lane));
        const std::vector<CommandResult> done = guest_->run(0, commands);
        std::vector<mmuwitness_mark> marks;
        for (std::size_t i = 0; i < commands.size(); i++) {
            const std::uint64_t page = commands[i].first;
            const unsigned lane = lanes[i % std::size(lanes)];
            mark::Seen seen{.slot = slot_->id(),
                            .gfn = guest_->gfn(page),
                            .lane = lane,
                            .seen = done[i].last,
                            .expect = lane == kHostLane
                                          ? host_stamp_
                                          : guest_->journal(lane - guest_->lane(0), page),
                            .side = MMUWITNESS_SIDE_GUEST};
            marks.push_back(make_mark(vm_id(*guest_), seen));
            seen.seen = load_lane(memory_.page(page), lane);
            seen.side = MMUWITNESS_SIDE_HOST;
            marks.push_back(make_mark(vm_id(*guest_), seen));
        }
        run_.witness.marks(marks);
    }

    Memory memory_;
    Guest* guest_ = nullptr;
    Memslot* slot_ = nullptr;
    std::uint64_t host_stamp_ = 0;
};

TEST_P(PostCopy, WhatIsBroughtIsSeen) {
    // It collapses such memory again and again, and all of it is unmapped each time:
    // docs/perturb.md.
    if (GetParam().memory == MemoryKind::kHugeShared && !run_.options.perturbation.empty())
        GTEST_SKIP() << "khugepaged that a disturber wakes lets no vCPU get on";
    try {
        start();
        if (guest_->async_faults() != GetParam().async_faults)
            GTEST_SKIP() << "this KVM has no asynchronous page faults";
        for (int round = 0; round < rounds(3); round++) {
            const std::vector<std::byte> copy = take_away();
            std::optional<Userfault> faults(
                std::in_place, memory_.bytes,
                memory_.is_private() ? Userfault::Of::kMissing : Userfault::Of::kMinor);
            std::stop_source stop;
            auto server = std::async(std::launch::async,
                                     [&] { return serve(*faults, copy, stop.get_token()); });
            try {
                let_write_a_little();
            } catch (const std::exception&) {
                stop.request_stop();
                static_cast<void>(server.get());  // its error is the reason, if it has one
                throw;
            }
            stop.request_stop();
            const std::uint64_t waited = server.get();
            for (unsigned vcpu = 0; vcpu < kVcpus; vcpu++) guest_->stop(vcpu);
            faults.reset();
            look();
            trial(waited != 0);
        }
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
}

INSTANTIATE_TEST_SUITE_P(, PostCopy,
                         testing::Values(Case{MemoryKind::kAnonymous, false},
                                         Case{MemoryKind::kAnonymous, true},
                                         Case{MemoryKind::kHugeShared, false}),
                         [](const auto& info) {
                             return std::string(name_of(info.param.memory)) +
                                    (info.param.async_faults ? "_async" : "");
                         });

}  // namespace

}  // namespace mmuw::post_copy
