// SPDX-License-Identifier: GPL-2.0-only
// Finds lost events by gaps in the witness' own numbers. The ring buffer drops a record
// without counting it when it comes from too deep a recursion: only a gap shows it.
#pragma once

#include <cstdint>
#include <map>

namespace mmuw {

class Sequence {
  public:
    // Numbers come nearly in order: one is taken before its record is written, so another
    // CPU's, or an interrupt's, may be written in between.
    void add(uint64_t seq);
    // Numbers within (first, last) that have not come so far.
    uint64_t missing(uint64_t first, uint64_t last) const;
    uint64_t missing() const { return missing_; }

  private:
    uint64_t next_ = 0;                   // 0: nothing came yet
    std::map<uint64_t, uint64_t> holes_;  // first -> last, inclusive
    uint64_t missing_ = 0;
};

}  // namespace mmuw
