// SPDX-License-Identifier: GPL-2.0-only
// The 8-byte lanes of a data page (guest/protocol.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace mmuw {

// From a private copy of a page.
inline std::uint64_t lane_of(std::span<const std::byte> page, std::size_t lane) {
    std::uint64_t stamp = 0;
    std::memcpy(&stamp, page.subspan(lane * sizeof stamp, sizeof stamp).data(), sizeof stamp);
    return stamp;
}

inline std::vector<std::uint64_t> lanes_of(std::span<const std::byte> page, std::size_t count) {
    std::vector<std::uint64_t> stamps(count);
    for (std::size_t lane = 0; lane < count; lane++) stamps[lane] = lane_of(page, lane);
    return stamps;
}

// In memory that the guest and other threads use at the same time. page: page aligned.
inline std::uint64_t load_lane(const std::byte* page, std::size_t lane) {
    return __atomic_load_n(reinterpret_cast<const std::uint64_t*>(page) + lane, __ATOMIC_ACQUIRE);
}

inline void store_lane(std::byte* page, std::size_t lane, std::uint64_t stamp) {
    __atomic_store_n(reinterpret_cast<std::uint64_t*>(page) + lane, stamp, __ATOMIC_RELEASE);
}

}  // namespace mmuw
