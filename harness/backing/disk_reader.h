// SPDX-License-Identifier: GPL-2.0-only
// Reads what is on the device, past the page cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backing/backing_file.h"
#include "backing/btrfs.h"
#include "backing/extents.h"
#include "backing/filesystem.h"
#include "base/fd.h"
#include "base/mapping.h"

namespace mmuw {

class DiskReader {
  public:
    enum class Method {
        // O_DIRECT on the block device at the file's extents. Touches neither the file's page
        // cache nor its dirty pages. The default.
        kDevice,
        // O_DIRECT on the file. Writes back dirty pages of the range first (kiocb_write_and_wait),
        // so it hides a write that is only late; not one whose page lost its DIRTY tag.
        kFile,
    };

    // kDevice needs a filesystem on one block device with FIEMAP: NoDevice says what is missing,
    // SysError or std::runtime_error what went wrong.
    explicit DiskReader(const BackingFile& file, Method method = Method::kDevice);

    [[nodiscard]] Method method() const { return method_; }
    // The device or the file that is read.
    [[nodiscard]] const std::string& source() const { return source_; }
    // Pages [first, first + count) into a buffer that the next call overwrites.
    std::span<const std::byte> read(std::uint64_t first, std::uint64_t count);

  private:
    // kDevice: has what a sync promises to keep written to where it can be found.
    void bring_to_its_place() const;
    // Where the bytes are on the device now.
    [[nodiscard]] std::vector<Extent> find(std::uint64_t offset, std::uint64_t length) const;
    void read_at(std::byte* to, std::uint64_t length, std::uint64_t offset);

    const BackingFile& file_;
    Method method_;
    Filesystem filesystem_;
    std::optional<BtrfsDevice> btrfs_;  // kDevice, on btrfs
    std::string source_;
    Fd fd_;
    // Of the whole file, from the start: a fault that waits for a frozen filesystem may keep this
    // process from mapping anything.
    Mapping buffer_;
};

}  // namespace mmuw
