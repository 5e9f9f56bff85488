// SPDX-License-Identifier: GPL-2.0-only
// Guest: posting commands and waiting for them.
#include <algorithm>
#include <format>
#include <stdexcept>

#include "vmm/guest.h"

namespace mmuw {
namespace {

guest::Command command(guest::Op op, std::uint64_t first, std::uint64_t count) {
    guest::Command c{};
    c.op = op;
    c.lane = guest::kOwnLane;
    c.first = first;
    c.count = count;
    c.stride = 1;
    c.seed = 1;
    return c;
}

guest::Command walking(guest::Op op, std::uint64_t first, std::uint64_t count, const Walk& walk) {
    guest::Command c = command(op, first, count);
    c.order = walk.order;
    c.stride = walk.stride;
    c.seed = walk.seed;
    c.relax = walk.relax;
    return c;
}

bool touches_pages(guest::Op op) {
    return op != guest::Op::kSpin && op != guest::Op::kForgetAll && op != guest::Op::kAwaitPages;
}

// Data pages are not all that the guest's own page tables lead to.
bool stays_in_data(guest::Op op) {
    return op < guest::Op::kTryRead || op == guest::Op::kNested;
}

}  // namespace

std::uint64_t Guest::post(unsigned vcpu, guest::Command c) {
    if (touches_pages(c.op)) {
        if (c.count == 0 || c.stride == 0 ||
            (stays_in_data(c.op) && (c.first >= config_.pages ||
                                     (c.count - 1) > (config_.pages - 1 - c.first) / c.stride)))
            throw std::invalid_argument(std::format("data pages {} + {} x {}: the guest has {}",
                                                    c.first, c.count, c.stride, config_.pages));
        if (c.order == guest::Order::kRandom && c.seed == 0)
            throw std::invalid_argument("a random order needs a seed other than 0");
        if (c.lane != guest::kOwnLane && c.lane >= page_size() / sizeof(std::uint64_t))
            throw std::invalid_argument(std::format("lane {} is not in a page", c.lane));
    }
    c.idle = idle_;
    Cpu& cpu = cpus_.at(vcpu);
    const std::uint64_t number = cpu.channel->post(c);
    cpu.thread->wake();
    return number;
}

CommandResult Guest::wait(unsigned vcpu, std::uint64_t number) {
    const Channel& channel = *cpus_.at(vcpu).channel;
    // Only a vCPU that parks after this very command wakes us then.
    const bool parks = channel.posted() == number && is_parking(channel.idle());
    wait_until(vcpu, parks, [&] { return channel.done() >= number; }, "the end of its command");
    const guest::Command& c = channel.command(number);
    return {c.last, c.sum};
}

void Guest::wait_begun(unsigned vcpu, std::uint64_t number) {
    const Channel& channel = *cpus_.at(vcpu).channel;
    wait_until(
        vcpu, false, [&] { return channel.begun() >= number; }, "the beginning of its command");
}

Guest::Attempt Guest::attempt(unsigned vcpu, const guest::Command& c) {
    Cpu& cpu = cpus_.at(vcpu);
    const std::uint64_t before = cpu.thread->denials();
    const std::uint64_t number = post(vcpu, c);
    bool denied = false;
    const auto answered = [&] {
        denied = cpu.thread->denials() != before;
        return denied || cpu.channel->done() >= number;
    };
    wait_until(vcpu, false, answered, "an access that the host does not allow");
    return {.number = number, .denied = denied};
}

void Guest::wait_idle(unsigned vcpu) {
    const Channel& channel = *cpus_.at(vcpu).channel;
    if (channel.idle() == guest::Idle::kStay) {
        wait_until(vcpu, false, [&] { return channel.done() == channel.posted(); }, "rest");
        return;
    }
    if (!cpus_[vcpu].thread->wait_parked())
        wait_until(vcpu, false, [&] { return channel.done() == channel.posted(); }, "rest");
}

CommandResult Guest::write(unsigned vcpu, std::uint64_t first, std::uint64_t count,
                           std::uint64_t stamp, std::uint64_t stride) {
    guest::Command c = command(guest::Op::kWrite, first, count);
    c.stamp = stamp;
    c.stride = stride;
    return wait(vcpu, post(vcpu, c));
}

guest::Command Guest::write_command(std::uint64_t page) {
    return command(guest::Op::kWrite, page, 1);
}

guest::Command Guest::emulated_write_command(std::uint64_t page) {
    return command(guest::Op::kWriteEmulated, page, 1);
}

guest::Command Guest::emulated_add_command(std::uint64_t page, std::uint64_t addend) {
    guest::Command c = command(guest::Op::kAddEmulated, page, 1);
    c.stamp = addend;
    return c;
}

guest::Command Guest::emulated_write_across_command(std::uint64_t page, std::uint64_t stamp) {
    guest::Command c = command(guest::Op::kWriteEmulatedAcross, page, 1);
    c.stamp = stamp;
    return c;
}

guest::Command Guest::emulated_read_command(std::uint64_t page, std::uint32_t lane) {
    guest::Command c = command(guest::Op::kReadEmulated, page, 1);
    c.lane = lane;
    return c;
}

guest::Command Guest::emulated_read_across_command(std::uint64_t page) {
    return command(guest::Op::kReadEmulatedAcross, page, 1);
}

guest::Command Guest::read_port_command(std::uint64_t page, std::uint32_t lane,
                                        std::uint64_t lanes) {
    guest::Command c = command(guest::Op::kReadPort, page, 1);
    c.lane = lane;
    c.stamp = lanes;
    return c;
}

guest::Command Guest::read_command(std::uint64_t page, std::uint32_t lane) {
    guest::Command c = command(guest::Op::kRead, page, 1);
    c.lane = lane;
    return c;
}

guest::Command Guest::execute_command(std::uint64_t page, std::uint32_t lane) {
    guest::Command c = command(guest::Op::kExecute, page, 1);
    c.lane = lane;
    return c;
}

guest::Command Guest::nested_command(std::uint64_t page, std::uint32_t lane, std::uint64_t value,
                                     std::uint64_t control) {
    guest::Command c = command(guest::Op::kNested, page, 1);
    c.lane = lane;
    c.stamp = value;
    c.seed = control;
    return c;
}

guest::Command Guest::await_pages_command() {
    return command(guest::Op::kAwaitPages, 0, 0);
}

guest::Command Guest::try_read_command(std::uint64_t page, std::uint32_t lane) {
    guest::Command c = command(guest::Op::kTryRead, page, 1);
    c.lane = lane;
    return c;
}

guest::Command Guest::try_write_command(std::uint64_t page, std::uint32_t lane,
                                        std::uint64_t stamp) {
    guest::Command c = command(guest::Op::kTryWrite, page, 1);
    c.lane = lane;
    c.stamp = stamp;
    return c;
}

guest::Command Guest::forget_command(std::uint64_t page) {
    return command(guest::Op::kForget, page, 1);
}

guest::Command Guest::forget_all_command(std::uint64_t how) {
    guest::Command c = command(guest::Op::kForgetAll, 0, 0);
    c.stamp = how;
    return c;
}

std::vector<CommandResult> Guest::run(unsigned vcpu, std::span<const guest::Command> commands) {
    std::vector<CommandResult> results;
    while (!commands.empty()) {
        const auto some =
            commands.first(std::min<std::size_t>(commands.size(), guest::kRingEntries));
        std::uint64_t last = 0;
        for (const guest::Command& c : some) last = post(vcpu, c);
        wait(vcpu, last);
        for (std::uint64_t number = last - some.size() + 1; number <= last; number++)
            results.push_back(wait(vcpu, number));
        commands = commands.subspan(some.size());
    }
    return results;
}

std::uint64_t Guest::post_write(unsigned vcpu, std::uint64_t first, std::uint64_t count) {
    return post(vcpu, command(guest::Op::kWrite, first, count));
}

std::uint64_t Guest::post_read(unsigned vcpu, std::uint64_t first, std::uint64_t count) {
    return post(vcpu, command(guest::Op::kRead, first, count));
}

CommandResult Guest::read(unsigned vcpu, std::uint64_t first, std::uint64_t count,
                          std::uint32_t lane, std::uint64_t stride) {
    guest::Command c = command(guest::Op::kRead, first, count);
    c.lane = lane;
    c.stride = stride;
    return wait(vcpu, post(vcpu, c));
}

CommandResult Guest::add(unsigned vcpu, std::uint64_t first, std::uint64_t count,
                         std::uint64_t addend, std::uint32_t lane) {
    guest::Command c = command(guest::Op::kAdd, first, count);
    c.stamp = addend;
    c.lane = lane;
    return wait(vcpu, post(vcpu, c));
}

void Guest::start_writing(unsigned vcpu, std::uint64_t first, std::uint64_t count,
                          const Walk& walk) {
    wait_begun(vcpu, post(vcpu, walking(guest::Op::kWriteWhile, first, count, walk)));
}

void Guest::start_reading(unsigned vcpu, std::uint64_t first, std::uint64_t count, const Walk& walk,
                          std::uint32_t lane) {
    guest::Command c = walking(guest::Op::kReadWhile, first, count, walk);
    c.lane = lane;
    wait_begun(vcpu, post(vcpu, c));
}

void Guest::start_spinning(unsigned vcpu) {
    wait_begun(vcpu, post(vcpu, command(guest::Op::kSpin, 0, 0)));
}

void Guest::wait_progress(unsigned vcpu, std::uint64_t pages) {
    const Channel& channel = *cpus_.at(vcpu).channel;
    const std::uint64_t until = channel.progress() + pages;
    wait_until(vcpu, false, [&] { return channel.progress() >= until; }, "its next pages");
}

CommandResult Guest::stop(unsigned vcpu) {
    Channel& channel = *cpus_.at(vcpu).channel;
    const std::uint64_t number = channel.posted();
    channel.stop(number);
    return wait(vcpu, number);
}

}  // namespace mmuw
