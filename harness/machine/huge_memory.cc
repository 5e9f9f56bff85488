// SPDX-License-Identifier: GPL-2.0-only
#include "machine/huge_memory.h"

#include <sys/mman.h>

#include <bit>
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

// Memory in one piece of that size is hardly to be had once a machine has run for a while, so pages
// that were set aside at boot are taken first.
void allow_gigantic(MachineGuard& guard, std::uint64_t wanted) {
    const std::string pool = std::format("/sys/kernel/mm/hugepages/hugepages-{}kB/",
                                         huge_bytes(HugeKind::kGigantic) / 1024);
    if (!has_setting(pool + "nr_hugepages"))
        throw Unavailable("this machine has no huge pages of level 3");
    const auto count = [&](const char* name) { return std::stoull(read_setting(pool + name)); };
    const std::uint64_t free = count("free_hugepages");
    if (free >= wanted) return;
    guard.set(pool + "nr_hugepages", std::to_string(count("nr_hugepages") + wanted - free));
    if (count("free_hugepages") < wanted)
        throw Unavailable("the kernel has no memory in one piece for a huge page of level 3");
}

void allow(MachineGuard& guard, HugeKind kind, std::uint64_t huge_pages) {
    const std::string thp = "/sys/kernel/mm/transparent_hugepage/";
    const std::string pool = "/proc/sys/vm/nr_hugepages";
    if (kind == HugeKind::kAnonymous && has_setting(thp + "enabled"))
        guard.set(thp + "enabled", "madvise");
    if (kind == HugeKind::kShared && has_setting(thp + "shmem_enabled"))
        guard.set(thp + "shmem_enabled", "advise");
    if (kind == HugeKind::kHugetlb && has_setting(pool))
        guard.set(pool, std::to_string(huge_pages));
    if (kind == HugeKind::kGigantic) allow_gigantic(guard, huge_pages);
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
        case HugeKind::kGigantic:
            return "gigantic";
    }
    std::unreachable();
}

// A table fills one page with 8-byte entries.
std::size_t huge_bytes() {
    return page_size() / 8 * page_size();
}

std::size_t huge_bytes(HugeKind kind) {
    return kind == HugeKind::kGigantic ? page_size() / 8 * huge_bytes() : huge_bytes();
}

HugeMemory::HugeMemory(MachineGuard& guard, HugeKind kind, std::uint64_t pages) {
    const bool in_pool = kind == HugeKind::kHugetlb || kind == HugeKind::kGigantic;
    const std::size_t huge = huge_bytes(kind);
    length_ = (pages * page_size() + huge - 1) / huge * huge;
    allow(guard, kind, length_ / huge);
    int flags = MAP_ANONYMOUS | (kind == HugeKind::kAnonymous ? MAP_PRIVATE : MAP_SHARED);
    std::size_t spare = huge;  // for the alignment
    if (in_pool) {
        flags |= MAP_HUGETLB | std::countr_zero(huge) << MAP_HUGE_SHIFT;
        spare = 0;
    }
    try {
        mapping_ = Mapping(length_ + spare, PROT_READ | PROT_WRITE, flags);
    } catch (const SysError& error) {
        throw Unavailable(std::format("no huge pages ({}): {}", to_string(kind), error.what()));
    }
    begin_ = mapping_.bytes() + (huge - mapping_.hva() % huge) % huge;
    if (!in_pool && madvise(begin_, length_, MADV_HUGEPAGE) != 0)
        throw Unavailable("this kernel has no transparent huge pages");
    // A first access to a page of the pool gives all of it, cleared.
    if (in_pool)
        for (std::size_t at = 0; at < length_; at += huge) begin_[at] = std::byte{0};
    else
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
