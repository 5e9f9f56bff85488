// SPDX-License-Identifier: GPL-2.0-only
// Swap space: somewhere for pages without a file, and for those of tmpfs, to go to.
#pragma once

#include <cstddef>
#include <string>

#include "machine/machine_guard.h"

namespace mmuw {

// A new file at `path`, swapped to before any other space; gone at the end of the guard's scope.
// Unavailable: this filesystem cannot have one, or is full.
void add_swap_file(MachineGuard& guard, const std::string& path, std::size_t bytes);

}  // namespace mmuw
