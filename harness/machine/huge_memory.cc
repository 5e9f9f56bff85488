// SPDX-License-Identifier: GPL-2.0-only
#include "machine/huge_memory.h"

#include <sys/mman.h>

#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <format>
#include <fstream>
#include <utility>

#include "base/sys_error.h"
#include "machine/setting.h"
#include "machine/unavailable.h"

namespace mmuw {
namespace {

void allow(MachineGuard& guard, HugeKind kind, std::uint64_t huge_pages) {
    const std::string thp = "/sys/kernel/mm/transparent_hugepage/";
    const std::string pool = "/proc/sys/vm/nr_hugepages";
    if (kind == HugeKind::kAnonymous && has_setting(thp + "enabled"))
        guard.set(thp + "enabled", "madvise");
    if (kind == HugeKind::kShared && has_setting(thp + "shmem_enabled"))
        guard.set(thp + "shmem_enabled", "advise");
    if (kind == HugeKind::kHugetlb && has_setting(pool))
        guard.set(pool, std::to_string(huge_pages));
}

}  // namespace

std::string to_string(HugeKind kind) {
    switch (kind) {
        case HugeKind::kAnonymous:
            return "anonymous";
        case HugeKind::kShared:
            return "shared";
        case HugeKind::kHugetlb:
            return "hugetlb";
    }
    std::unreachable();
}

// A table fills one page with 8-byte entries.
std::size_t huge_bytes() {
    return page_size() / 8 * page_size();
}

HugeMemory::HugeMemory(MachineGuard& guard, HugeKind kind, std::uint64_t pages) {
    const std::size_t huge = huge_bytes();
    length_ = (pages * page_size() + huge - 1) / huge * huge;
    allow(guard, kind, length_ / huge);
    int flags = MAP_ANONYMOUS | (kind == HugeKind::kAnonymous ? MAP_PRIVATE : MAP_SHARED);
    std::size_t spare = huge;  // for the alignment
    if (kind == HugeKind::kHugetlb) {
        flags |= MAP_HUGETLB;
        spare = 0;
    }
    try {
        mapping_ = Mapping(length_ + spare, PROT_READ | PROT_WRITE, flags);
    } catch (const SysError& error) {
        throw Unavailable(std::format("no huge pages ({}): {}", to_string(kind), error.what()));
    }
    begin_ = mapping_.bytes() + (huge - mapping_.hva() % huge) % huge;
    if (kind != HugeKind::kHugetlb && madvise(begin_, length_, MADV_HUGEPAGE) != 0)
        throw Unavailable("this kernel has no transparent huge pages");
    std::memset(begin_, 0, length_);
    if (huge_pages() == 0)
        throw Unavailable(std::format("the kernel gives no huge pages ({})", to_string(kind)));
}

std::uint64_t huge_pages_in(std::span<const std::byte> memory) {
    const auto first = reinterpret_cast<std::uintptr_t>(memory.data());
    std::ifstream smaps("/proc/self/smaps");
    bool inside = false;
    std::uint64_t kb = 0;
    for (std::string line; std::getline(smaps, line);) {
        std::uintptr_t from = 0, to = 0;
        if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " ", &from, &to) == 2)
            inside = from < first + memory.size() && first < to;
        if (!inside) continue;
        for (const char* name :
             {"AnonHugePages:", "ShmemPmdMapped:", "Shared_Hugetlb:", "Private_Hugetlb:"})
            if (line.starts_with(name)) kb += std::stoull(line.substr(std::strlen(name)));
    }
    return kb * 1024 / huge_bytes();
}

}  // namespace mmuw
