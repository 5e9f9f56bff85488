// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/payload.h"

extern "C" const std::byte mmuw_payload_begin[];
extern "C" const std::byte mmuw_payload_end[];

namespace mmuw {

std::span<const std::byte> payload_image() {
    return {mmuw_payload_begin, mmuw_payload_end};
}

}  // namespace mmuw
