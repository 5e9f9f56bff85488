// SPDX-License-Identifier: GPL-2.0-only
// Memory with nothing behind it for as far as a wrong size or address reaches: a memslot that is
// too long, or a bitmap larger than its buffer, ends in a fault, not in memory of the hammer
// itself.
#pragma once

#include <sys/mman.h>

#include <cstddef>

#include "base/mapping.h"

namespace mmuw::hammer {

class Guarded {
  public:
    // Readable and writable, in bytes, a multiple of the page size.
    explicit Guarded(std::size_t length)
        : all_(kBefore + length + kBehind, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE) {
        if (mprotect(bytes(), length, PROT_READ | PROT_WRITE) != 0) throw_errno("mprotect()");
    }
    [[nodiscard]] std::byte* bytes() const { return all_.bytes() + kBefore; }

  private:
    // Offsets and sizes are drawn below 4 GiB, or far beyond any process' address space (call.cc).
    static constexpr std::size_t kBefore = 1ULL << 20, kBehind = 16ULL << 30;
    Mapping all_;
};

}  // namespace mmuw::hammer
