// SPDX-License-Identifier: GPL-2.0-only
// Where this process' pages are, from /proc/self/pagemap, and what they are, from /proc/kpageflags
// (Documentation/admin-guide/mm/pagemap.rst).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/fd.h"

namespace mmuw {

class Pagemap {
  public:
    Pagemap();  // SysError
    // Of each page the pfn, 0: not in the page table. Needs root.
    [[nodiscard]] std::vector<std::uint64_t> pfns(std::span<const std::byte> memory) const;

    // KPF_* (<linux/kernel-page-flags.h>) of the first page of this memory; 0: not in the page
    // table. Needs root.
    [[nodiscard]] std::uint64_t flags(std::span<const std::byte> memory) const;

  private:
    Fd fd_;
};

}  // namespace mmuw
