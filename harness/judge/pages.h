// SPDX-License-Identifier: GPL-2.0-only
// docs/rules/*.md, built in by CMake.
#pragma once

#include <span>
#include <string_view>

namespace mmuw {

struct Page {
    std::string_view id, text;
};
std::span<const Page> rule_pages();

}  // namespace mmuw
