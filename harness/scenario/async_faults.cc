// SPDX-License-Identifier: GPL-2.0-only
// KVM tells the guest of a page that the host has to fetch first, and the guest goes on with
// something else until it is told that the page is there (asynchronous page faults).
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

namespace mmuw::async_faults {

namespace {

using namespace std::chrono_literals;

constexpr int kRounds = 4;
// More than KVM has at a time (ASYNC_PF_PER_VCPU, 64): for the next one the vCPU has to wait.
constexpr std::uint64_t kPages = 80;
// Nobody asks for another page for so long: bring those that somebody waits for. No harm if more
// come later.
constexpr auto kQuiet = 5ms;

class AsyncFaults : public ScenarioTest {
  protected:
    // False: this KVM has none.
    bool start() {
        memory_ = add_anonymous(kPages).bytes();
        guest_ = &add_guest({.pages = kPages, .async_faults = true});
        if (!guest_->async_faults()) return false;
        slot_ = &guest_->add_memory(0, kPages, memory_);
        guest_->start();
        tell();
        return true;
    }

    // The guest wants each page, and has none of them at once; then it waits for them.
    void want_all() {
        host_stamp_++;
        if (madvise(memory_, kPages * page_size(), MADV_DONTNEED) != 0)
            throw_errno("madvise(MADV_DONTNEED)");
        Userfault faults({memory_, kPages * page_size()});
        serve_while(faults, [&] {
            guest::Command all = Guest::try_read_command(0, kHostLane);
            all.count = kPages;
            guest_->wait(0, guest_->post(0, all));
            await();
        });
    }

    // Likewise, and it is told nothing any more before they come.
    void want_all_in_vain() {
        host_stamp_++;
        if (madvise(memory_, kPages * page_size(), MADV_DONTNEED) != 0)
            throw_errno("madvise(MADV_DONTNEED)");
        Userfault faults({memory_, kPages * page_size()});
        serve_while(faults, [&] {
            guest::Command some = Guest::try_read_command(0, kHostLane);
            some.count = kPages / 2;
            guest_->wait(0, guest_->post(0, some));
            guest_->tell_async_faults(0, false);
        });
        tell();
    }

    // What came is seen, by everybody.
    void look() {
        std::vector<mmuwitness_mark> marks;
        for (std::uint64_t page = 0; page < kPages; page++) {
            mark::Seen seen{.slot = slot_->id(),
                            .gfn = guest_->gfn(page),
                            .lane = kHostLane,
                            .seen = guest_->read(0, page, 1, kHostLane).last,
                            .expect = host_stamp_,
                            .side = MMUWITNESS_SIDE_GUEST};
            marks.push_back(make_mark(vm_id(*guest_), seen));
        }
        run_.witness.marks(marks);
    }

    [[nodiscard]] std::uint64_t told() const { return guest_->told_async_faults(0).told; }

  private:
    // KVM begins with all pages being there, whatever was told before.
    void tell() {
        guest_->tell_async_faults(0, true);
        await();
    }

    void await() {
        guest_->wait(0, guest_->post(0, Guest::await_pages_command()));
        const guest::AsyncFaults all = guest_->told_async_faults(0);
        mark(*guest_, mark::Awaited{.vcpu = 0,
                                    .told = all.told,
                                    .told_sum = all.told_sum,
                                    .taken = all.taken,
                                    .taken_sum = all.taken_sum});
    }

    template <class Act>
    void serve_while(Userfault& faults, Act act) {
        std::stop_source stop;
        auto server =
            std::async(std::launch::async, [&] { return serve(faults, stop.get_token()); });
        try {
            act();
        } catch (const std::exception&) {
            stop.request_stop();
            server.get();  // its error is the reason, if it has one
            throw;
        }
        stop.request_stop();
        server.get();
    }

    // Brings what somebody waits for, many at a time, and all in the end.
    void serve(Userfault& faults, const std::stop_token& stop) const {
        std::vector<std::byte> content(page_size());
        store_lane(content.data(), kHostLane, host_stamp_);
        std::vector<std::byte*> wanted;
        while (!stop.stop_requested()) {
            if (const auto page = faults.wait(kQuiet)) {
                wanted.push_back(*page);
                continue;
            }
            for (std::byte* const page : wanted) faults.resolve(page, content);
            wanted.clear();
        }
        for (std::uint64_t page = 0; page < kPages; page++)
            faults.resolve(memory_ + page * page_size(), content);
    }

    std::byte* memory_ = nullptr;
    Guest* guest_ = nullptr;
    Memslot* slot_ = nullptr;
    std::uint64_t host_stamp_ = 0;
};

TEST_F(AsyncFaults, AreToldAndComeToAnEnd) {
    promise({"forward-progress", "isolated"});
    try {
        if (!start()) GTEST_SKIP() << "this KVM has no asynchronous page faults";
        for (int round = 0; round < kRounds; round++) {
            const std::uint64_t before = told();
            if (round % 2 == 0)
                want_all();
            else
                want_all_in_vain();
            look();
            trial(told() != before);
        }
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
}

}  // namespace

}  // namespace mmuw::async_faults
