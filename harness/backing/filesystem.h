// SPDX-License-Identifier: GPL-2.0-only
// Which filesystem it is, and what that means for who looks for a file's bytes on a disk.
#pragma once

#include <cstdint>
#include <string>

namespace mmuw {

struct Filesystem {
    // As the kernel calls it; ext4 also for ext2 and ext3, ext4-journal where it journals data, and
    // a number where it is not known here.
    std::string name;
    // False: the page cache is the storage. Nothing is ever clean, write-protected or written.
    bool writes_back = true;
    // False: a write goes to new blocks, which are the file's when metadata says so.
    bool overwrites = true;
    // True: what is written goes to a journal, and to its place some time after a sync.
    bool journals_data = false;

    // Why rules about writeback find nothing here, empty: they do.
    [[nodiscard]] std::string why_no_writeback() const;
};

// By statfs' f_type.
Filesystem filesystem_of_magic(std::uint64_t magic);
// SysError if there is none at path.
Filesystem filesystem_at(const std::string& path);

}  // namespace mmuw
