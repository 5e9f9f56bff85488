// SPDX-License-Identifier: GPL-2.0-only
// The last scenario of every run: what is left when everything has been taken down.
#pragma once

#include "run/run_context.h"

namespace mmuw {

// Unmounts the scratch filesystem. The session must be without VMs and files by now.
void run_teardown_scenario(RunContext& run, ScratchFs& scratch);

}  // namespace mmuw
