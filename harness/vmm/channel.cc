// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/channel.h"

#include <cstring>
#include <stdexcept>

namespace mmuw {
namespace {

std::uint64_t load(const std::uint64_t& field) {
    return __atomic_load_n(&field, __ATOMIC_ACQUIRE);
}

void store(std::uint64_t& field, std::uint64_t value) {
    __atomic_store_n(&field, value, __ATOMIC_RELEASE);
}

}  // namespace

std::uint64_t Channel::post(const guest::Command& command) {
    const std::uint64_t posted = control_.posted;
    if (posted - done() >= guest::kRingEntries)
        throw std::runtime_error("the vCPU's command ring is full");
    control_.ring[posted % guest::kRingEntries] = command;
    store(control_.posted, posted + 1);
    return posted + 1;
}

void Channel::stop(std::uint64_t number) {
    if (number > load(control_.stop)) store(control_.stop, number);
}

const guest::Command& Channel::command(std::uint64_t number) const {
    return control_.ring[(number - 1) % guest::kRingEntries];
}

std::uint64_t Channel::posted() const {
    return load(control_.posted);
}
std::uint64_t Channel::done() const {
    return load(control_.done);
}
std::uint64_t Channel::begun() const {
    return load(control_.begun);
}
std::uint64_t Channel::progress() const {
    return load(control_.progress);
}
std::uint64_t Channel::stamp() const {
    return load(control_.stamp);
}
bool Channel::ready() const {
    return load(control_.ready) != 0;
}

guest::Idle Channel::idle() const {
    const std::uint64_t last = posted();
    return last == 0 ? control_.first_idle : command(last).idle;
}

guest::AsyncFaults Channel::async_faults() const {
    guest::AsyncFaults faults;
    std::memcpy(&faults, reinterpret_cast<const char*>(&control_) + guest::kAsyncFaults,
                sizeof faults);
    return faults;
}

std::uint64_t Channel::journal(std::uint64_t page) const {
    if (page >= journal_.size()) throw std::out_of_range("journal: no such data page");
    return load(journal_[page]);
}

}  // namespace mmuw
