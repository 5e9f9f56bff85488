// SPDX-License-Identifier: GPL-2.0-only
// The payload's interpreter, run here instead of in a guest: what each command writes, journals
// and reports, and when the doorbell rings.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "guest/interpreter.h"
#include "vmm/channel.h"

namespace mmuw {
namespace {

constexpr std::uint64_t kPages = 8;
constexpr std::uint64_t kWords = 512;

// The doorbell leaves the endless loop; a pause may stop the command that is running.
struct Exit {};
struct FakeArch : guest::DirectAccess {
    static inline Channel* stop_after_pauses = nullptr;
    static inline int pauses = 0;
    [[noreturn]] static void doorbell() { throw Exit{}; }
    static void relax() {
        if (stop_after_pauses != nullptr && --pauses == 0)
            stop_after_pauses->stop(stop_after_pauses->posted());
    }
    static void write_done() {}

    // Its page tables refuse one address.
    static inline std::uint64_t refused = 0, forgotten = 0, root = 0;
    static guest::Tried try_read(std::uint64_t address) {
        if (address == refused) return {};
        return {.value = load(address), .done = 1};
    }
    static guest::Tried try_write(std::uint64_t address, std::uint64_t value) {
        if (address == refused) return {};
        store(address, value);
        return {.value = 0, .done = 1};
    }
    static void forget(std::uint64_t address) { forgotten = address; }
    static void forget_all(std::uint64_t of, std::uint64_t /*how*/) { root = of; }

    // The tokens of pages that come, one after the other.
    static inline std::vector<std::uint32_t> come;
    static inline std::uint32_t* present = nullptr;
    static void page_taken() {
        if (come.empty()) return;
        *present = come.back();
        come.pop_back();
    }
};

class InterpreterTest : public testing::Test {
  protected:
    InterpreterTest() {
        control_.data = reinterpret_cast<std::uint64_t>(data_.data());
        control_.journal = reinterpret_cast<std::uint64_t>(journal_.data());
        control_.pages = kPages;
        control_.page_shift = 12;
        control_.lane = 3;
    }

    static guest::Command command(guest::Op op, std::uint64_t first, std::uint64_t count) {
        guest::Command c{};
        c.op = op;
        c.lane = guest::kOwnLane;
        c.first = first;
        c.count = count;
        c.stride = 1;
        c.seed = 1;
        return c;
    }
    void serve() { EXPECT_THROW(guest::Interpreter<FakeArch>(&control_).serve(), Exit); }
    const guest::Command& run(const guest::Command& c) {
        const auto number = channel_.post(c);
        serve();
        EXPECT_EQ(channel_.done(), number);
        return channel_.command(number);
    }
    const guest::Command& run_for_pauses(const guest::Command& c, int pauses) {
        FakeArch::stop_after_pauses = &channel_;
        FakeArch::pauses = pauses;
        const guest::Command& done = run(c);
        FakeArch::stop_after_pauses = nullptr;
        return done;
    }
    std::uint64_t& lane(std::uint64_t page, std::uint64_t n = 3) {
        return data_[page * kWords + n];
    }

    std::vector<std::uint64_t> data_ = std::vector<std::uint64_t>(kPages * kWords);
    std::vector<std::uint64_t> journal_ = std::vector<std::uint64_t>(kPages);
    // As in the guest's private memory.
    struct Private {
        alignas(guest::kAsyncFaults) guest::Control control{};
        alignas(guest::kAsyncFaults) guest::AsyncFaults async_faults{};
    };
    Private private_;
    guest::Control& control_ = private_.control;
    guest::AsyncFaults& faults_ = private_.async_faults;
    Channel channel_{control_, journal_};
};

TEST_F(InterpreterTest, IsReadyBeforeItParks) {
    EXPECT_FALSE(channel_.ready());
    serve();
    EXPECT_TRUE(channel_.ready());
    EXPECT_EQ(channel_.done(), 0U);
}

TEST_F(InterpreterTest, WritesAGivenStampToItsOwnLaneOnly) {
    auto c = command(guest::Op::kWrite, 1, 3);
    c.stamp = 77;
    c.stride = 2;
    c.lane = 5;  // ignored
    EXPECT_EQ(run(c).last, 77U);
    for (std::uint64_t page = 0; page < kPages; page++) {
        const std::uint64_t expected = page == 1 || page == 3 || page == 5 ? 77 : 0;
        EXPECT_EQ(lane(page), expected) << page;
        EXPECT_EQ(channel_.journal(page), expected) << page;
        EXPECT_EQ(lane(page, 5), 0U) << page;
    }
    EXPECT_EQ(channel_.progress(), 3U);
}

TEST_F(InterpreterTest, OwnStampsGrowBeyondGivenOnes) {
    auto given = command(guest::Op::kWrite, 0, 1);
    given.stamp = 10;
    run(given);
    EXPECT_EQ(run(command(guest::Op::kWrite, 0, 2)).last, 12U);
    EXPECT_EQ(lane(0), 11U);
    EXPECT_EQ(lane(1), 12U);
    EXPECT_EQ(channel_.stamp(), 12U);
    // A small stamp is written as told, and does not turn the counter back.
    given.stamp = 4;
    run(given);
    EXPECT_EQ(channel_.journal(0), 4U);
    EXPECT_EQ(run(command(guest::Op::kWrite, 0, 1)).last, 13U);
}

TEST_F(InterpreterTest, ReadSumsTheLaneItIsTold) {
    lane(2, 9) = 5;
    lane(3, 9) = 6;
    auto c = command(guest::Op::kRead, 2, 2);
    c.lane = 9;
    const auto& done = run(c);
    EXPECT_EQ(done.sum, 11U);
    EXPECT_EQ(done.last, 6U);
}

TEST_F(InterpreterTest, AddIsInTheJournalOnlyOnItsOwnLane) {
    auto c = command(guest::Op::kAdd, 0, 1);
    c.stamp = 2;
    EXPECT_EQ(run(c).last, 2U);
    EXPECT_EQ(channel_.journal(0), 2U);
    c.lane = 9;
    EXPECT_EQ(run(c).last, 2U);
    EXPECT_EQ(lane(0, 9), 2U);
    EXPECT_EQ(channel_.journal(0), 2U);
}

TEST_F(InterpreterTest, TellsWhatPageTablesRefuse) {
    auto c = command(guest::Op::kTryWrite, 1, 3);
    c.lane = 9;
    c.stamp = 5;
    FakeArch::refused = reinterpret_cast<std::uint64_t>(&lane(2, 9));
    EXPECT_EQ(run(c).sum, 2U);
    EXPECT_EQ(lane(1, 9), 5U);
    EXPECT_EQ(lane(2, 9), 0U);
    EXPECT_EQ(channel_.journal(1), 0U);
    c.op = guest::Op::kTryRead;
    c.count = 2;
    EXPECT_EQ(run(c).sum, 1U);
    EXPECT_EQ(run(c).last, 0U);
    c.first = 3;
    c.count = 1;
    EXPECT_EQ(run(c).last, 5U);
}

TEST_F(InterpreterTest, AwaitsThePagesThatItWasToldOf) {
    faults_.told = 3;
    faults_.told_sum = 1 + 2 + 3;
    faults_.present = 3;
    FakeArch::present = &faults_.present;
    FakeArch::come = {2, 1};
    run(command(guest::Op::kAwaitPages, 0, 0));
    EXPECT_EQ(channel_.async_faults().present, 0U);
    EXPECT_EQ(channel_.async_faults().taken, 3U);
    EXPECT_EQ(channel_.async_faults().taken_sum, 6U);
    EXPECT_EQ(channel_.progress(), 3U);
}

TEST_F(InterpreterTest, AwaitsAllPagesAtOnce) {
    faults_.told = 3;
    faults_.told_sum = 6;
    faults_.present = guest::kAllPages;
    FakeArch::present = &faults_.present;
    run(command(guest::Op::kAwaitPages, 0, 0));
    EXPECT_EQ(channel_.async_faults().taken, 3U);
    EXPECT_EQ(channel_.async_faults().taken_sum, 6U);
}

TEST_F(InterpreterTest, ForgetsAPageOrAll) {
    control_.root = 4096;
    run(command(guest::Op::kForget, 2, 1));
    EXPECT_EQ(FakeArch::forgotten, reinterpret_cast<std::uint64_t>(&lane(2, 0)));
    EXPECT_EQ(FakeArch::root, 0U);
    run(command(guest::Op::kForgetAll, 0, 0));
    EXPECT_EQ(FakeArch::root, 4096U);
}

TEST_F(InterpreterTest, WritesWhileToldRoundRobin) {
    auto c = command(guest::Op::kWriteWhile, 1, 3);
    c.relax = 1;
    EXPECT_EQ(run_for_pauses(c, 7).sum, 7U);
    EXPECT_EQ(lane(1), 7U);
    EXPECT_EQ(lane(2), 5U);
    EXPECT_EQ(lane(3), 6U);
    EXPECT_EQ(channel_.begun(), 1U);
}

TEST_F(InterpreterTest, ASeedGivesAnOrder) {
    auto c = command(guest::Op::kWriteWhile, 0, kPages);
    c.order = guest::Order::kRandom;
    c.relax = 1;
    const auto order = [&](std::uint64_t seed) {
        c.seed = seed;
        control_.stamp = 0;
        run_for_pauses(c, 50);
        return journal_;
    };
    const auto first = order(42);
    EXPECT_EQ(order(42), first);
    EXPECT_NE(order(43), first);
}

TEST_F(InterpreterTest, StoppedBeforeItBeganIsStillBegun) {
    channel_.stop(1);
    EXPECT_EQ(run(command(guest::Op::kWriteWhile, 0, 1)).sum, 0U);
    EXPECT_EQ(channel_.begun(), 1U);
}

TEST_F(InterpreterTest, StaysWithoutDoorbellUntilACommandParks) {
    auto c = command(guest::Op::kWrite, 0, 1);
    c.idle = guest::Idle::kStay;
    channel_.post(c);
    EXPECT_EQ(channel_.idle(), guest::Idle::kStay);
    c.idle = guest::Idle::kPark;
    channel_.post(c);
    EXPECT_EQ(channel_.idle(), guest::Idle::kPark);
    serve();
    EXPECT_EQ(channel_.done(), 2U);
}

TEST_F(InterpreterTest, TheRingWrapsAndRefusesWhatDoesNotFit) {
    for (int round = 0; round < 3; round++) {
        for (std::uint32_t i = 0; i < guest::kRingEntries; i++)
            channel_.post(command(guest::Op::kWrite, i % kPages, 1));
        EXPECT_THROW(channel_.post(command(guest::Op::kWrite, 0, 1)), std::runtime_error);
        serve();
    }
    EXPECT_EQ(channel_.stamp(), 3U * guest::kRingEntries);
    EXPECT_THROW(static_cast<void>(channel_.journal(kPages)), std::out_of_range);
}

}  // namespace
}  // namespace mmuw
