// SPDX-License-Identifier: GPL-2.0-only
#include "machine/pagemap.h"

#include <fcntl.h>

#include "base/mapping.h"

namespace mmuw {
namespace {

constexpr std::uint64_t kPresent = std::uint64_t{1} << 63;
constexpr std::uint64_t kPfn = (std::uint64_t{1} << 55) - 1;

}  // namespace

Pagemap::Pagemap() : fd_(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)) {
    if (!fd_) throw_errno("open(/proc/self/pagemap)");
}

std::vector<std::uint64_t> Pagemap::pfns(std::span<const std::byte> memory) const {
    std::vector<std::uint64_t> entries(memory.size() / page_size());
    const auto first = reinterpret_cast<std::uint64_t>(memory.data()) / page_size();
    const std::size_t bytes = entries.size() * sizeof entries[0];
    if (pread(fd_.get(), entries.data(), bytes, static_cast<off_t>(first * sizeof entries[0])) !=
        static_cast<ssize_t>(bytes))
        throw_errno("pread(/proc/self/pagemap)");
    for (std::uint64_t& entry : entries) entry = (entry & kPresent) != 0 ? entry & kPfn : 0;
    return entries;
}

std::uint64_t Pagemap::flags(std::span<const std::byte> memory) const {
    const std::uint64_t pfn = pfns(memory.first(page_size())).front();
    const Fd file(open("/proc/kpageflags", O_RDONLY | O_CLOEXEC));
    if (!file) throw_errno("open(/proc/kpageflags)");
    std::uint64_t flags = 0;
    if (pfn != 0 && pread(file.get(), &flags, sizeof flags,
                          static_cast<off_t>(pfn * sizeof flags)) != sizeof flags)
        throw_errno("pread(/proc/kpageflags)");
    return flags;
}

}  // namespace mmuw
