// SPDX-License-Identifier: GPL-2.0-only
#include "report/shard.h"

#include <charconv>
#include <cstdint>
#include <format>

namespace mmuw {

// FNV-1a: std::hash may differ between the programs that have a share each.
bool Shard::has(std::string_view scenario) const {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : scenario) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return (hash >> 32) % of == index - 1;
}

std::optional<Shard> parse_shard(std::string_view text) {
    Shard shard;
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const auto [slash, no_index] = std::from_chars(begin, end, shard.index);
    if (no_index != std::errc{} || slash == end || *slash != '/') return {};
    const auto [rest, no_of] = std::from_chars(slash + 1, end, shard.of);
    if (no_of != std::errc{} || rest != end || shard.index < 1 || shard.index > shard.of) return {};
    return shard;
}

std::string to_string(const Shard& shard) {
    return std::format("{}/{}", shard.index, shard.of);
}

}  // namespace mmuw
