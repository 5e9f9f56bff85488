// SPDX-License-Identifier: GPL-2.0-only
// The signal that gets a vCPU's thread out of KVM_RUN.
#pragma once

#include <csignal>
#include <cstdint>

namespace mmuw {

inline constexpr int kKickSignal = SIGUSR1;

// Without SA_RESTART and with a handler, the signal does nothing but end KVM_RUN (and any other
// call that the kernel ends for a signal). Once per process.
void install_kick_handler();

// Such signals taken so far, by all threads of this process and by the calling one. The handler
// runs before the call that a signal ended returns.
std::uint64_t kicks_taken();
std::uint64_t kicks_taken_here();

}  // namespace mmuw
