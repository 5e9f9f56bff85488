// SPDX-License-Identifier: GPL-2.0-only
#include "hammer/part.h"

namespace mmuw::hammer {

namespace {

using namespace std::chrono_literals;

constexpr Part kParts[] = {
    {"load", "loads and unloads", 200, 5, 900s, false, false, hammer_load},
    {"start", "session starts and stops", 1000, 20, 3600s, true, false, hammer_start},
    {"kill", "sessions killed", 500, 10, 3600s, true, false, hammer_kill},
    {"ioctl", "random ioctls", 1'000'000, 20'000, 7200s, true, false, hammer_ioctl},
    {"overflow", "events into a small buffer", 1'000'000, 20'000, 900s, true, false,
     hammer_overflow},
    {"plants", "plants", 1000, 1, 3600s, false, true, hammer_plants},
    {"disturbers", "runs under all disturbers", 5, 1, 1800s, false, false, hammer_disturbers},
};

}  // namespace

std::span<const Part> hammer_parts() {
    return kParts;
}

Clock::Clock(const Orders& orders)
    : orders_(orders), end_(std::chrono::steady_clock::now() + orders.limit) {}

bool Clock::up() const {
    return orders_.stopped() || std::chrono::steady_clock::now() >= end_;
}

}  // namespace mmuw::hammer
