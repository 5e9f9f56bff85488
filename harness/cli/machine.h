// SPDX-License-Identifier: GPL-2.0-only
// What a command needs of the machine before it touches anything.
#pragma once

#include <string>

#include "backing/scratch_fs.h"

namespace mmuw {

// Throws Exit with one line for what is missing: root, KVM, tracefs (where it is traced).
void check_machine(const std::string& command, bool tracing = true);
// A directory as it is, or a block device mounted for the process' life.
ScratchFs open_scratch(const std::string& where);

}  // namespace mmuw
