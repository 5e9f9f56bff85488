// SPDX-License-Identifier: GPL-2.0-only
#include "judge/known_bugs.h"

#include <charconv>
#include <optional>
#include <utility>

namespace mmuw {
namespace {

// Add a bug with its report, never without: a rule that fails for a reason nobody has
// understood must fail.
constexpr KnownBug bugs[] = {
    {.rule = "prefault-keeps-young",
     .scenarios = "Prefault.",
     .since = "6.11",
     .fixed = "6.13",
     .page = "docs/reports/prefault-clears-accessed.md"},
};

using Release = std::pair<unsigned, unsigned>;

// "6.12.107+deb13-amd64": 6, 12
std::optional<Release> release_of(std::string_view text) {
    Release r;
    const char* const end = text.data() + text.size();
    const auto [dot, major] = std::from_chars(text.data(), end, r.first);
    if (major != std::errc() || dot == end || *dot != '.') return std::nullopt;
    if (std::from_chars(dot + 1, end, r.second).ec != std::errc()) return std::nullopt;
    return r;
}

}  // namespace

const KnownBug* known_bug(std::string_view rule, std::string_view scenario,
                          std::string_view release) {
    const auto running = release_of(release);
    if (!running) return nullptr;
    for (const KnownBug& bug : bugs)
        if (bug.rule == rule && scenario.starts_with(bug.scenarios) &&
            *running >= *release_of(bug.since) && *running < *release_of(bug.fixed))
            return &bug;
    return nullptr;
}

}  // namespace mmuw
