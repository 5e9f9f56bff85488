// SPDX-License-Identifier: GPL-2.0-only
#include "machine/written_pages.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>

#include <algorithm>

#include "base/mapping.h"
#include "base/sys_error.h"
#include "machine/userfault.h"

namespace mmuw {

WrittenPages::WrittenPages(std::span<std::byte> memory)
    : memory_(memory),
      userfault_(register_userfault(
          memory, UFFDIO_REGISTER_MODE_WP,
          UFFD_FEATURE_WP_ASYNC | UFFD_FEATURE_WP_UNPOPULATED | UFFD_FEATURE_WP_HUGETLBFS_SHMEM)),
      pagemap_(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)) {
    if (!pagemap_) throw_errno("open(/proc/self/pagemap)");
}

std::vector<bool> WrittenPages::take() {
    const auto begin = reinterpret_cast<std::uintptr_t>(memory_.data());
    std::vector<bool> written(memory_.size() / page_size());
    // Room for every second page: it never ends early for want of room.
    std::vector<page_region> regions(written.size() / 2 + 1);
    pm_scan_arg scan{};
    scan.size = sizeof scan;
    scan.flags = PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC;
    scan.start = begin;
    scan.end = begin + memory_.size();
    scan.vec = reinterpret_cast<std::uintptr_t>(regions.data());
    scan.vec_len = regions.size();
    scan.category_mask = PAGE_IS_WRITTEN;
    scan.return_mask = PAGE_IS_WRITTEN;
    const int found = TEMP_FAILURE_RETRY(ioctl(pagemap_.get(), PAGEMAP_SCAN, &scan));
    if (found < 0) throw_errno("PAGEMAP_SCAN");
    if (scan.walk_end != scan.end) throw SysError(EINTR, "PAGEMAP_SCAN ended early");
    for (const page_region& r : std::span(regions).first(static_cast<std::size_t>(found)))
        std::fill(written.begin() + static_cast<std::ptrdiff_t>((r.start - begin) / page_size()),
                  written.begin() + static_cast<std::ptrdiff_t>((r.end - begin) / page_size()),
                  true);
    return written;
}

}  // namespace mmuw
