// SPDX-License-Identifier: GPL-2.0-only
// An owned mmap.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/sys_error.h"

namespace mmuw {

inline std::size_t page_size() {
    static const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return size;
}

class Mapping {
  public:
    Mapping() = default;
    // length and offset in bytes; fd -1 for MAP_ANONYMOUS.
    Mapping(std::size_t length, int prot, int flags, int fd = -1, off_t offset = 0)
        : address_(mmap(nullptr, length, prot, flags, fd, offset)), length_(length) {
        if (address_ == MAP_FAILED)
            throw_errno("mmap({} bytes, prot {:#x}, flags {:#x}, fd {}, offset {})", length, prot,
                        flags, fd, offset);
    }
    Mapping(Mapping&& other) noexcept
        : address_(std::exchange(other.address_, nullptr)),
          length_(std::exchange(other.length_, 0)) {}
    Mapping& operator=(Mapping&& other) noexcept {
        std::swap(address_, other.address_);
        std::swap(length_, other.length_);
        return *this;
    }
    ~Mapping() { reset(); }

    void reset() {
        if (length_ != 0) munmap(std::exchange(address_, nullptr), std::exchange(length_, 0));
    }
    [[nodiscard]] void* get() const { return address_; }
    [[nodiscard]] std::byte* bytes() const { return static_cast<std::byte*>(address_); }
    [[nodiscard]] std::size_t size() const { return length_; }
    [[nodiscard]] std::uint64_t hva() const { return reinterpret_cast<std::uint64_t>(address_); }
    [[nodiscard]] std::span<std::byte> span() const { return {bytes(), length_}; }

  private:
    void* address_ = nullptr;
    std::size_t length_ = 0;
};

}  // namespace mmuw
