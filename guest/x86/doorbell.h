// SPDX-License-Identifier: GPL-2.0-only
#pragma once

namespace mmuw::guest {

// A port that KVM emulates no device on.
inline constexpr unsigned short kDoorbellPort = 0x7d0;

}  // namespace mmuw::guest
