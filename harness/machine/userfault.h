// SPDX-License-Identifier: GPL-2.0-only
// userfaultfd (Documentation/admin-guide/mm/userfaultfd.rst): faults wait until the VMM has made up
// its mind, KVM's among them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/fd.h"

namespace mmuw {

// A userfaultfd for whole pages of memory, with UFFDIO_REGISTER_MODE_* and UFFD_FEATURE_*; it is
// over with the descriptor. Unavailable without.
Fd register_userfault(std::span<std::byte> memory, std::uint64_t mode, std::uint64_t features);

// Of more memory.
void register_with(const Fd& userfault, std::span<std::byte> memory, std::uint64_t mode);

// Private anonymous memory `from`, in pages, goes to `to`, where there is none (UFFDIO_MOVE,
// Linux 6.8). Both are registered in the same process. Unavailable without.
void move_memory(std::span<std::byte> from, std::byte* to, const Fd& userfault);

// Faults that the VMM resolves. The memory must outlive this.
class Userfault {
  public:
    enum class Of {
        kMissing,  // nothing is there
        kMinor,    // the file has the page, the page table has not
    };

    explicit Userfault(std::span<std::byte> memory, Of of = Of::kMissing);
    // Whoever still waits goes on as without.
    ~Userfault() = default;
    Userfault(const Userfault&) = delete;
    Userfault& operator=(const Userfault&) = delete;

    // The page that somebody waits for; nothing: nobody for so long.
    std::optional<std::byte*> wait(std::chrono::milliseconds limit);
    // Whoever waits for the page goes on. Of a missing one these are the contents, of the other
    // kind it has some. False: somebody else has done it.
    bool resolve(std::byte* page, std::span<const std::byte> contents);
    // With zeroes.
    bool resolve(std::byte* page);

  private:
    // 0, or errno.
    [[nodiscard]] int copy(std::byte* page, std::span<const std::byte> contents) const;
    [[nodiscard]] int proceed(std::byte* page) const;

    Of of_;
    Fd fd_;
};

}  // namespace mmuw
