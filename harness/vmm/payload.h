// SPDX-License-Identifier: GPL-2.0-only
// The payload's image, linked into the harness (payload_image.S).
#pragma once

#include <cstddef>
#include <span>

namespace mmuw {

std::span<const std::byte> payload_image();

}  // namespace mmuw
