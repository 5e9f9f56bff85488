// SPDX-License-Identifier: GPL-2.0-only
#include "director/gate.h"

#include <cerrno>
#include <stdexcept>
#include <thread>
#include <utility>

#include "base/sys_error.h"

namespace mmuw {

Gate::Gate(Device* device, const mmuwitness_pass& hold, const mmuwitness_pass& until,
           std::chrono::microseconds longest)
    : device_(device),
      hold_(hold),
      until_(until),
      longest_(longest),
      id_(device ? device->set_gate(hold, until, longest, 1) : 0) {}

Gate::~Gate() {
    try {
        close();
    } catch (const std::exception&) {
        // Closing the session clears it as well.
    }
}

void Gate::arm() {
    arm(hold_, until_);
}

void Gate::arm(const mmuwitness_pass& hold, const mmuwitness_pass& until) {
    hold_ = hold;
    until_ = until;
    if (!device_) return;
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        try {
            before_ = holds();
            device_->arm_gate(id_, hold, until, longest_, 1);
            return;
        } catch (const SysError& error) {
            if (error.code().value() != EBUSY || std::chrono::steady_clock::now() > deadline) throw;
        }
        std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
}

std::optional<bool> Gate::held_within(std::chrono::microseconds patience) {
    if (!device_) return {};
    return device_->wait_gate(id_, before_.held, patience);
}

void Gate::wait_held() {
    if (held_within(kPatience) == false) throw std::runtime_error("nobody came to the gate");
}

Holds Gate::holds() const {
    return device_ ? device_->holds(id_) : Holds{};
}

std::optional<bool> Gate::won() const {
    if (!device_) return {};
    return holds().won > before_.won;
}

void Gate::close() {
    if (id_ == 0) return;
    device_->clear_gate(std::exchange(id_, 0));
}

}  // namespace mmuw
