// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/kick.h"

#include <atomic>

#include "base/sys_error.h"

namespace mmuw {
namespace {

std::atomic<std::uint64_t> taken{0};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);  // a signal handler's

thread_local volatile std::sig_atomic_t taken_here = 0;

void take(int /*signal*/) {
    taken.fetch_add(1, std::memory_order_relaxed);
    taken_here = taken_here + 1;
}

}  // namespace

void install_kick_handler() {
    static const bool installed = [] {
        struct sigaction action{};
        action.sa_handler = take;
        if (sigaction(kKickSignal, &action, nullptr) != 0)
            throw_errno("sigaction({})", kKickSignal);
        return true;
    }();
    static_cast<void>(installed);
}

std::uint64_t kicks_taken() {
    return taken.load(std::memory_order_relaxed);
}

std::uint64_t kicks_taken_here() {
    return static_cast<std::uint64_t>(taken_here);
}

}  // namespace mmuw
