// SPDX-License-Identifier: GPL-2.0-only
// A run's share of the scenarios, where several machines have one each.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mmuw {

struct Shard {
    unsigned index = 1, of = 1;  // the index-th, from 1

    // By the name alone: a new scenario is in one of them, and moves no other.
    [[nodiscard]] bool has(std::string_view scenario) const;
    bool operator==(const Shard&) const = default;
};

// "INDEX/OF", e.g. "2/3".
std::optional<Shard> parse_shard(std::string_view text);
std::string to_string(const Shard& shard);

}  // namespace mmuw
