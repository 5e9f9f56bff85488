// SPDX-License-Identifier: GPL-2.0-only
#include "cli/interrupt.h"

#include <csignal>

namespace mmuw {

namespace {

volatile std::sig_atomic_t caught = 0;

void remember(int /*signal*/) {
    caught = 1;
}

}  // namespace

void catch_interrupts() {
    struct sigaction action{};
    action.sa_handler = remember;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() {
    return caught != 0;
}

}  // namespace mmuw
