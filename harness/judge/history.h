// SPDX-License-Identifier: GPL-2.0-only
// The last events, and the window of those that concern a violation.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "judge/ledger.h"
#include "judge/result.h"
#include "trace/event.h"

namespace mmuw {

// What a violation is about. Zero fields: not known or of no interest.
struct Subject {
    uint16_t vm = 0;
    std::optional<uint64_t> gfn = {};
    uint16_t file = 0;
    std::optional<uint64_t> page = {};
    bool flushes = false;  // TLB flushes and ioctls of the VM belong to it
};

class History {
  public:
    History() : ring_(kEvents) {}
    void add(const Event& e);
    const Event& newest() const { return ring_[(count_ - 1) % kEvents]; }
    // The last lines before and including the newest event, which is marked.
    Window window(const Subject& subject, const Ledger& ledger, std::string why) const;

  private:
    static constexpr size_t kEvents = 16384;  // power of two
    static constexpr size_t kLines = 16;
    std::vector<Event> ring_;
    uint64_t count_ = 0;
};

}  // namespace mmuw
