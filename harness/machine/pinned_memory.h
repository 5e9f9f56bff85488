// SPDX-License-Identifier: GPL-2.0-only
// Memory that a device has for good (io_uring's registered buffers, FOLL_LONGTERM): its pages stay
// where they are, and the device writes to them by no page table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/fd.h"

namespace mmuw {

// Released with the object.
class PinnedMemory {
  public:
    // What the kernel says to it: 0, or an errno. Unavailable: no io_uring here.
    static int try_to_pin(std::span<std::byte> memory);

    // Whole pages. SysError: the kernel refuses. Unavailable: no io_uring here.
    explicit PinnedMemory(std::span<std::byte> memory);
    ~PinnedMemory();
    PinnedMemory(const PinnedMemory&) = delete;
    PinnedMemory& operator=(const PinnedMemory&) = delete;

    // The device's: 8 bytes to the pages that were behind the address when it was pinned.
    void write(std::byte* to, std::uint64_t stamp);

  private:
    struct Ring;
    std::unique_ptr<Ring> ring_;
    Fd device_;  // what the device reads from
};

}  // namespace mmuw
