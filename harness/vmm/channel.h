// SPDX-License-Identifier: GPL-2.0-only
// The harness' end of one vCPU's command ring.
#pragma once

#include <cstdint>
#include <span>

#include "guest/protocol.h"

namespace mmuw {

// Works on a Control page and a journal in memory shared with the payload; owns neither.
class Channel {
  public:
    Channel(guest::Control& control, std::span<const std::uint64_t> journal)
        : control_(control), journal_(journal) {}

    // Returns the command's number, 1.. ; std::runtime_error if kRingEntries are unfinished.
    std::uint64_t post(const guest::Command& command);
    // WHILE commands up to this number end.
    void stop(std::uint64_t number);
    // Of a finished command not older than kRingEntries.
    [[nodiscard]] const guest::Command& command(std::uint64_t number) const;

    [[nodiscard]] std::uint64_t posted() const;
    [[nodiscard]] std::uint64_t done() const;
    [[nodiscard]] std::uint64_t begun() const;
    [[nodiscard]] std::uint64_t progress() const;
    [[nodiscard]] std::uint64_t stamp() const;
    [[nodiscard]] bool ready() const;
    // What the vCPU does when everything posted is done.
    [[nodiscard]] guest::Idle idle() const;
    [[nodiscard]] std::uint64_t journal(std::uint64_t page) const;
    // Of a vCPU that is out of the guest.
    [[nodiscard]] guest::AsyncFaults async_faults() const;

  private:
    guest::Control& control_;
    std::span<const std::uint64_t> journal_;
};

}  // namespace mmuw
