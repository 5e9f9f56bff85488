// SPDX-License-Identifier: GPL-2.0-only
// overflow: more events than a small trace buffer takes. Each that was made is read, or counted as
// lost by the kernel: none is simply gone.
#include <format>
#include <thread>
#include <vector>

#include "hammer/draw.h"
#include "hammer/part.h"
#include "trace/recorder.h"
#include "witness/device.h"

namespace mmuw::hammer {
namespace {

constexpr unsigned kThreads = 3;
constexpr std::size_t kBufferKb = 8;  // per CPU: two pages, and the reader's

// In bursts: some that fit, some that do not.
void emit(Device& device, Draw draw, std::uint64_t count, const Clock& clock,
          std::atomic<std::uint64_t>& done) {
    std::vector<mmuwitness_mark> marks(MMUWITNESS_MAX_MARKS);
    while (count > 0 && !clock.up()) {
        const std::uint64_t most = draw.one_in(4) ? MMUWITNESS_MAX_MARKS : 40;
        const std::uint64_t some = std::min(count, 1 + draw.below(most));
        for (std::uint64_t i = 0; i < some; i++)
            marks[i] = make_mark(0, mark::Trial{.met = draw.below(3)});
        device.marks(std::span(marks).first(some));
        count -= some;
        done += some;
    }
}

}  // namespace

Outcome hammer_overflow(const Orders& orders) {
    const Clock clock(orders);
    Outcome outcome;
    Device device;
    auto recorder =
        Recorder::start({.directory = orders.directory, .buffer_kb = kBufferKb, .extra = {}});
    if (!recorder) throw std::runtime_error(recorder.error());
    device.start(MMUWITNESS_MMU_REFERENCE);
    const std::uint64_t before = device.last_seq();
    auto stream = (*recorder)->stream();
    if (!stream) throw std::runtime_error(stream.error());

    std::atomic<std::uint64_t> done = 0;
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < kThreads; i++)
        threads.emplace_back([&, i] {
            emit(device, Draw(orders.seed, i),
                 orders.count / kThreads + (i == 0 ? orders.count % kThreads : 0), clock, done);
        });
    for (std::thread& thread : threads) thread.join();
    const std::uint64_t made = device.last_seq() - before;
    (*recorder)->sync();
    const Recorder::Loss loss = (*recorder)->loss();

    std::uint64_t read = 0;
    Event event;
    for (;;) {
        const auto more = stream->next(event);
        if (!more) throw std::runtime_error(more.error());
        if (!*more) break;
        read += event.seq > before;
    }
    outcome.done = done;
    outcome.note =
        std::format("{} made, {} read, {} lost by the kernel's count", made, read, loss.events);
    if (!loss.why.empty()) outcome.bad.push_back("recording: " + loss.why);
    if (loss.events == 0) outcome.bad.emplace_back("nothing was lost: it shows nothing");
    if (read + loss.events != made)
        outcome.bad.push_back(std::format("{} events neither read nor counted as lost",
                                          static_cast<std::int64_t>(made - read - loss.events)));
    return outcome;
}

}  // namespace mmuw::hammer
