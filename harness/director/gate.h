// SPDX-License-Identifier: GPL-2.0-only
// The director: one side of a race is stopped at a point until the other has passed another.
//
//     Gate gate(module, vcpu.at("pfn-found", page), host.at("mkclean-end", page));
//     gate.arm();                          // for one hold
//     const auto write = guest.post_write(0, page);
//     gate.wait_held();
//     file.sync(...);                      // lets the vCPU go on, on its way
//
// A held task keeps its CPU: give the sides a CPU each (OwnCpu). What is held is bounded in time,
// and what timed out staged nothing, unless that is what the scenario asks.
//
// Without the module there are no gates: the sides then race as luck has it, which nobody sees.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "witness/device.h"

namespace mmuw {

class Gate {
  public:
    static constexpr std::chrono::milliseconds kLongest{50};  // of one hold
    static constexpr std::chrono::seconds kPatience{20};      // for the task to come

    // Armed for one hold. No device: no gate.
    Gate(Device* device, const mmuwitness_pass& hold, const mmuwitness_pass& until,
         std::chrono::microseconds longest = kLongest);
    ~Gate();
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    // For one hold more, whether or not there was one; waits for the end of one under way.
    void arm();
    void arm(const mmuwitness_pass& hold, const mmuwitness_pass& until);
    // Returns when the task is held; throws std::runtime_error if it does not come.
    void wait_held();
    [[nodiscard]] Holds holds() const;
    // Since it was armed last: does a task come to be held in this time, and did the other one pass
    // meanwhile? Nothing: without the module nobody knows.
    [[nodiscard]] std::optional<bool> held_within(std::chrono::microseconds patience);
    [[nodiscard]] std::optional<bool> won() const;
    void close();

  private:
    Device* device_;
    mmuwitness_pass hold_, until_;
    std::chrono::microseconds longest_;
    std::uint32_t id_ = 0;  // 0: closed
    Holds before_;          // when it was armed last
};

}  // namespace mmuw
