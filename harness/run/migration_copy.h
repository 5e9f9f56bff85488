// SPDX-License-Identifier: GPL-2.0-only
// The destination of a migration: the newest stamps seen when a page was copied.
#pragma once

#include <cstdint>
#include <vector>

#include "backing/backing_file.h"
#include "kmod/uapi/mmuwitness.h"
#include "vmm/memslot.h"
#include "vmm/page_bitmap.h"

namespace mmuw {

class MigrationCopy {
  public:
    // Lanes [0, lanes) of each page of the file, through its mapping.
    MigrationCopy(const BackingFile& source, unsigned lanes);

    void copy(const PageBitmap& pages);
    void copy_all();
    // With the guest stopped: a COPY mark for each lane of each page.
    [[nodiscard]] std::vector<mmuwitness_mark> compare(std::uint32_t vm, const Memslot& slot) const;

  private:
    void copy_page(std::uint64_t page);

    const BackingFile& source_;
    unsigned lanes_;
    std::vector<std::uint64_t> stamps_;  // [page * lanes_ + lane]
};

}  // namespace mmuw
