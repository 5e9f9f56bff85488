// SPDX-License-Identifier: GPL-2.0-only
// Memory for the kernel to read or to write, with nothing behind it: who goes too far gets EFAULT.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/mapping.h"

namespace mmuw {

class GuardedBuffer {
  public:
    // Its end is that of the memory; valid until it is asked for more words than ever before.
    std::span<std::uint64_t> words(std::size_t count) {
        const std::size_t bytes = count * sizeof(std::uint64_t);
        if (bytes > usable()) {
            const std::size_t pages = (bytes + page_size() - 1) / page_size();
            mapping_ = Mapping((pages + 1) * page_size(), PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS);
            if (mprotect(mapping_.bytes() + pages * page_size(), page_size(), PROT_NONE) != 0)
                throw_errno("mprotect(PROT_NONE)");
        }
        return {reinterpret_cast<std::uint64_t*>(mapping_.bytes() + usable() - bytes), count};
    }

  private:
    [[nodiscard]] std::size_t usable() const {
        return mapping_.size() == 0 ? 0 : mapping_.size() - page_size();
    }

    Mapping mapping_;
};

}  // namespace mmuw
