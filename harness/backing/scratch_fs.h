// SPDX-License-Identifier: GPL-2.0-only
// The filesystem that backing files are made on.
#pragma once

#include <string>

#include "backing/filesystem.h"

namespace mmuw {

// A mount of its own, or a directory that is there already.
class ScratchFs {
  public:
    // Mounts device, whatever filesystem is on it, at a new directory, in a mount namespace of this
    // process: killed -9, it leaves no mount behind. Must run while the process has one thread
    // (unshare(CLONE_NEWNS) would leave the others where they were): std::runtime_error otherwise.
    static ScratchFs mount(const std::string& device);
    // Likewise, a tmpfs of its own.
    static ScratchFs mount_tmpfs();
    // Uses directory as it is; unmount() does nothing.
    static ScratchFs use(const std::string& directory);

    ScratchFs(ScratchFs&& other) noexcept;
    ScratchFs& operator=(ScratchFs&&) = delete;
    // Unmounts; if it is busy, lazily (MNT_DETACH).
    ~ScratchFs();

    [[nodiscard]] const std::string& directory() const { return directory_; }
    [[nodiscard]] const Filesystem& filesystem() const { return filesystem_; }
    [[nodiscard]] bool mounted() const { return mounted_; }
    // 0, or umount2's errno value: EBUSY says that something still holds the filesystem.
    [[nodiscard]] int unmount();

  private:
    ScratchFs(std::string directory, bool mounted);

    std::string directory_;
    Filesystem filesystem_;
    bool mounted_;
};

}  // namespace mmuw
