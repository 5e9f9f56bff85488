// SPDX-License-Identifier: GPL-2.0-only
#include "director/gate.h"

#include <cerrno>
#include <stdexcept>
#include <thread>
#include <utility>

#include "base/sys_error.h"

namespace mmuw {

Gate::Gate(Device& device, const mmuwitness_pass& hold, const mmuwitness_pass& until,
           std::chrono::microseconds longest)
    : device_(device),
      hold_(hold),
      until_(until),
      longest_(longest),
      id_(device.set_gate(hold, until, longest, 1)) {}

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
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        try {
            held_before_ = holds().held;
            device_.arm_gate(id_, hold, until, longest_, 1);
            return;
        } catch (const SysError& error) {
            if (error.code().value() != EBUSY || std::chrono::steady_clock::now() > deadline) throw;
        }
        std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
}

void Gate::wait_held() {
    if (!device_.wait_gate(id_, held_before_, kPatience))
        throw std::runtime_error("nobody came to the gate");
}

Holds Gate::holds() const {
    return device_.holds(id_);
}

void Gate::close() {
    if (id_ == 0) return;
    device_.clear_gate(std::exchange(id_, 0));
}

}  // namespace mmuw
