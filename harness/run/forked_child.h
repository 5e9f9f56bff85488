// SPDX-License-Identifier: GPL-2.0-only
// A child of this process, which has its memory as it is at that moment.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/fd.h"

namespace mmuw {

class ForkedChild {
  public:
    struct Place {
        const std::byte* page;
        unsigned lane;
    };
    // SysError without. It does nothing until it looks, and ends when that is done.
    explicit ForkedChild(const std::vector<Place>& places);
    ~ForkedChild();
    ForkedChild(const ForkedChild&) = delete;
    ForkedChild& operator=(const ForkedChild&) = delete;

    // What it sees at each place; once.
    std::vector<std::uint64_t> look();

  private:
    std::size_t count_;
    Fd go_, back_;
    pid_t pid_ = -1;
};

}  // namespace mmuw
