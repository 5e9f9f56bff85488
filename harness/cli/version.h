// SPDX-License-Identifier: GPL-2.0-only
#pragma once

namespace mmuw {

inline constexpr const char* kTool = "mmuwitness 0.1";

}  // namespace mmuw
