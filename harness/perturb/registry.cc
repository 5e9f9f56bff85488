// SPDX-License-Identifier: GPL-2.0-only
#include "perturb/disturbers.h"

namespace mmuw {

std::span<const DisturberKind> disturber_kinds() {
    static constexpr DisturberKind kinds[] = {
        {"signals", "signals to every thread of the VMM, in whatever call it is", make_signals},
        {"memslots", "memslots beside the guest's are added, moved and removed", make_memslots},
        {"pageout", "the guest's pages are reclaimed (MADV_PAGEOUT)", make_pageout},
        {"reclaim", "the VMM's memory cgroup is reclaimed (memory.reclaim)", make_reclaim},
        {"migration", "pages move: compaction, and move_pages() between NUMA nodes",
         make_migration},
        {"hotplug", "CPUs go offline and come back", make_hotplug},
        {"ksm", "ksmd at full speed, with memory of the VMM to merge and unmerge", make_ksm},
        {"thp", "khugepaged at full speed, with memory of the VMM to collapse and split", make_thp},
        {"drop-caches", "clean page cache, dentries and inodes are dropped", make_drop_caches},
    };
    return kinds;
}

}  // namespace mmuw
