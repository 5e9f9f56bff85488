// SPDX-License-Identifier: GPL-2.0-only
// The VMM's own log of writes to its memory: userfaultfd write-protects pages, the first write to
// one is let through (UFFD_FEATURE_WP_ASYNC), and PAGEMAP_SCAN tells which had one
// (Documentation/admin-guide/mm/pagemap.rst). A guest's writes are in it as far as KVM gives up
// what the host protects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/fd.h"

namespace mmuw {

class WrittenPages {
  public:
    // Whole pages of private or shared anonymous memory or hugetlbfs, which must outlive this.
    // Unavailable without (before Linux 6.7).
    explicit WrittenPages(std::span<std::byte> memory);

    // By page of the memory: was it written since the last call? Protects it again.
    std::vector<bool> take();

  private:
    std::span<std::byte> memory_;
    Fd userfault_, pagemap_;
};

}  // namespace mmuw
