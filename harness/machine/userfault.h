// SPDX-License-Identifier: GPL-2.0-only
// userfaultfd (Documentation/admin-guide/mm/userfaultfd.rst): faults of missing pages wait until
// the VMM has made up its mind, KVM's among them.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

#include "base/fd.h"

namespace mmuw {

class Userfault {
  public:
    // Private anonymous memory, whole pages; it must outlive this. Unavailable without.
    explicit Userfault(std::span<std::byte> memory);
    // Whoever still waits finds a page of zeroes, as without.
    ~Userfault() = default;
    Userfault(const Userfault&) = delete;
    Userfault& operator=(const Userfault&) = delete;

    // The page that somebody waits for; nothing: nobody for so long.
    std::optional<std::byte*> wait(std::chrono::milliseconds limit);
    // A page of zeroes there; whoever waits for it goes on.
    void resolve(std::byte* page);

  private:
    Fd fd_;
};

}  // namespace mmuw
