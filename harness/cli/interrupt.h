// SPDX-License-Identifier: GPL-2.0-only
// Ctrl-C ends a run, not the process: what was taken up is put down, and what was found is kept.
#pragma once

namespace mmuw {

// From now on the first SIGINT or SIGTERM is remembered; a second one of its kind kills.
void catch_interrupts();
bool interrupted();

}  // namespace mmuw
