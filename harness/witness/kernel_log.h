// SPDX-License-Identifier: GPL-2.0-only
// What the kernel says while a scenario runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"

namespace mmuw {

// A line that a healthy kernel does not print: warnings, oopses, lockdep and stall reports,
// filesystem and I/O errors.
bool is_suspicious(std::string_view line);

// Taint bits other than those that loading mmuwitness.ko sets (out-of-tree, unsigned).
std::uint64_t kernel_taint();

class KernelLog {
  public:
    KernelLog();  // from now on; the kernel's own lines, not those that programs write there

    struct Reading {
        std::uint64_t lines = 0;
        std::vector<std::string> suspicious;
        bool overrun = false;  // lines were overwritten before they were read
    };
    // Everything since the last call.
    Reading read();

  private:
    Fd fd_;
};

}  // namespace mmuw
