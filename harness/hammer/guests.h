// SPDX-License-Identifier: GPL-2.0-only
// Real guests that come, write to a file under a dirty log, and go, while the calls are made.
#pragma once

#include "hammer/process.h"

namespace mmuw::hammer {

// Until the others have stopped. Their VMs' descriptors are among the process' for anybody to add.
void run_guests(const Orders& orders, Process& process, std::uint64_t seed);

}  // namespace mmuw::hammer
