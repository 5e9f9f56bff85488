// SPDX-License-Identifier: GPL-2.0-only
// A file to back guest memory, mapped MAP_SHARED.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/fd.h"
#include "base/mapping.h"

namespace mmuw {

// Made new for each scenario: a planted fault can leave stuck folios behind. Every block is
// allocated and written (zeros, fsync), so that later writes are overwrites, in place unless the
// filesystem copies on write (Filesystem::overwrites): then the extents that DiskReader reads stay
// where they are, and sync_file_range has no metadata to miss.
class BackingFile {
  public:
    // A unique name in directory; unlinked with the object.
    BackingFile(const std::string& directory, std::uint64_t pages);
    ~BackingFile();
    BackingFile(const BackingFile&) = delete;
    BackingFile& operator=(const BackingFile&) = delete;

    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::uint64_t pages() const { return pages_; }
    // The whole file, read-write, shared. A second mapping of it: map_again().
    [[nodiscard]] const Mapping& mapping() const { return mapping_; }
    [[nodiscard]] std::byte* page(std::uint64_t index) const;
    [[nodiscard]] Mapping map_again() const;
    // Unmaps, so that what is left of the file's references can be told.
    void unmap() { mapping_.reset(); }

  private:
    std::uint64_t pages_;
    std::string path_;
    Fd fd_;
    Mapping mapping_;
};

}  // namespace mmuw
