// SPDX-License-Identifier: GPL-2.0-only
// What a command needs of the machine before it touches anything.
#pragma once

#include <string>

#include "backing/scratch_fs.h"

namespace mmuw {

struct Needs {
    bool tracing = true;
    bool kvm = true;
};
// Throws Exit with one line for what is missing: root, KVM, tracefs.
void check_machine(const std::string& command, Needs needs = {});
// A directory as it is, or a block device or a new tmpfs ("tmpfs"), mounted for the process' life.
ScratchFs open_scratch(const std::string& where);

}  // namespace mmuw
