// SPDX-License-Identifier: GPL-2.0-only
// The block device under a file.
#pragma once

#include <stdexcept>
#include <string>

namespace mmuw {

// There is no device that a file's bytes could be read from, past its filesystem.
class NoDevice : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Path of the device that holds fd's filesystem, e.g. /dev/vda. NoDevice if it is on none (tmpfs,
// overlayfs, network) or on several (btrfs: see btrfs.h); std::runtime_error if /dev has no node
// for it.
std::string block_device_of(int fd);

}  // namespace mmuw
