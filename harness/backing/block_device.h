// SPDX-License-Identifier: GPL-2.0-only
// The block device under a file.
#pragma once

#include <string>

namespace mmuw {

// Path of the device that holds fd's filesystem, e.g. /dev/vda. std::runtime_error if it is on
// none (tmpfs, overlayfs, network) or on several (btrfs), or /dev has no node for it.
std::string block_device_of(int fd);

}  // namespace mmuw
