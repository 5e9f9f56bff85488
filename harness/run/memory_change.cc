// SPDX-License-Identifier: GPL-2.0-only
#include "run/memory_change.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <format>
#include <iterator>
#include <string>

#include "base/sys_error.h"
#include "machine/numa.h"
#include "machine/setting.h"
#include "machine/unavailable.h"
#include "machine/userfault.h"

namespace mmuw {

namespace {

void check(bool done, const char* what) {
    if (!done) throw_errno("{}", what);
}

void advise(const Memory& m, const MemoryRange& r, int advice, const char* name) {
    if (madvise(m.page(r.first), r.pages * page_size(), advice) == 0) return;
    throw Unavailable(std::format("madvise({}): {}", name, std::strerror(errno)));
}

Then drop(const Memory& m, const MemoryRange& r) {
    advise(m, r, MADV_DONTNEED, "MADV_DONTNEED");
    return m.is_private() ? Then::kZero : Then::kKept;
}

Then remove(const Memory& m, const MemoryRange& r) {
    advise(m, r, MADV_REMOVE, "MADV_REMOVE");
    return Then::kZero;
}

// From the range's first page to the end; there is memory again after that.
Then truncate(const Memory& m, const MemoryRange& r) {
    check(ftruncate(m.fd, static_cast<off_t>(r.first * page_size())) == 0, "ftruncate");
    check(ftruncate(m.fd, static_cast<off_t>(m.pages() * page_size())) == 0, "ftruncate");
    return Then::kZero;
}

Then map_anew(const Memory& m, const MemoryRange& r) {
    check(mmap(m.page(r.first), r.pages * page_size(), PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED,
          "mmap(MAP_FIXED)");
    return Then::kZero;
}

// Where a mapping may be moved to; whoever moves it there unmaps it.
void* room_for(std::size_t bytes) {
    void* const there = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(there != MAP_FAILED, "mmap");
    return there;
}

// Away, and back: the page tables' entries move both times.
Then move(const Memory& m, const MemoryRange& r) {
    const std::size_t bytes = r.pages * page_size();
    void* const there = room_for(bytes);
    check(mremap(m.page(r.first), bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, there) != MAP_FAILED,
          "mremap");
    check(mremap(there, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, m.page(r.first)) != MAP_FAILED,
          "mremap back");
    return Then::kKept;
}

// Away, and what was there stays mapped, with nothing in it.
Then leave(const Memory& m, const MemoryRange& r) {
    const std::size_t bytes = r.pages * page_size();
    void* const there = room_for(bytes);
    check(mremap(m.page(r.first), bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP,
                 there) != MAP_FAILED,
          "mremap(MREMAP_DONTUNMAP)");
    check(munmap(there, bytes) == 0, "munmap");
    return m.is_private() ? Then::kZero : Then::kKept;
}

// Away; whoever wants a page meanwhile waits for it.
Then move_by_userfault(const Memory& m, const MemoryRange& r) {
    const auto range = m.bytes.subspan(r.first * page_size(), r.pages * page_size());
    const Mapping there(range.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    const Fd userfault =
        register_userfault(m.bytes, UFFDIO_REGISTER_MODE_MISSING, UFFD_FEATURE_MOVE);
    register_with(userfault, there.span(), UFFDIO_REGISTER_MODE_MISSING);
    move_memory(range, there.bytes(), userfault);
    return Then::kZero;
}

// Blocks of the file go, and all that is behind them moves up.
Then close_up(const Memory& m, const MemoryRange& r) {
    const auto first = static_cast<off_t>(r.first * page_size());
    const auto bytes = static_cast<off_t>(r.pages * page_size());
    const auto size = static_cast<off_t>(m.pages() * page_size());
    // Not all of it: what is left has to be a file.
    if (first + bytes == size) return Then::kKept;
    if (fallocate(m.fd, FALLOC_FL_COLLAPSE_RANGE, first, bytes) != 0)
        throw Unavailable(
            std::format("fallocate(FALLOC_FL_COLLAPSE_RANGE): {}", std::strerror(errno)));
    check(ftruncate(m.fd, size) == 0, "ftruncate");
    return Then::kClosedUp;
}

Then protect(const Memory& m, const MemoryRange& r) {
    const std::size_t bytes = r.pages * page_size();
    check(mprotect(m.page(r.first), bytes, PROT_READ) == 0, "mprotect(PROT_READ)");
    check(mprotect(m.page(r.first), bytes, PROT_READ | PROT_WRITE) == 0, "mprotect");
    return Then::kKept;
}

// To the file, or to swap space.
Then page_out(const Memory& m, const MemoryRange& r) {
    advise(m, r, MADV_PAGEOUT, "MADV_PAGEOUT");
    return Then::kKept;
}

// The first huge page, which split_first() has mapped in small pages.
Then collapse(const Memory& m, const MemoryRange& /*r*/) {
    // EAGAIN: pages were in use just then, as by a fault of the guest's; "try again" (madvise(2)).
    constexpr int kTries = 20;
    for (int tries = 0; madvise(m.bytes.data(), m.bytes.size(), MADV_COLLAPSE) != 0; ++tries) {
        if (errno != EAGAIN)
            throw Unavailable(std::format("madvise(MADV_COLLAPSE): {}", std::strerror(errno)));
        if (tries == kTries) break;
    }
    return Then::kKept;
}

// To each memory node in turn; where there is one, what moves pages is compaction.
Then migrate(const Memory& m, const MemoryRange& r) {
    const std::string compaction = "/proc/sys/vm/compact_memory";
    const std::vector<int> nodes = nodes_to_move_between();
    if (nodes.size() < 2) {
        if (!has_setting(compaction)) throw Unavailable("one memory node, and no compaction");
        write_setting(compaction, "1");
        return Then::kKept;
    }
    const std::span range = m.bytes.subspan(r.first * page_size(), r.pages * page_size());
    for (const int node : nodes) move_to_node(range, node);
    return Then::kKept;
}

// By the rights of one of its pages.
void split_first(const Memory& m) {
    protect(m, {1, 1});
}

}  // namespace

const std::vector<MemoryChange>& memory_changes() {
    using enum MemoryKind;
    static const std::vector<MemoryChange> all = {
        {"drop", drop, {std::begin(kMemoryKinds), std::end(kMemoryKinds)}},
        {"remove", remove, {kFile, kHugeShared, kHugetlb}},
        {.name = "truncate", .make = truncate, .kinds = {kFile}, .to_the_end = true},
        {"map_anew", map_anew, {kAnonymous, kHugeAnonymous}},
        {"move", move, {kAnonymous, kHugeAnonymous, kHugeShared}},
        {.name = "leave",
         .make = leave,
         .kinds = {kAnonymous, kHugeAnonymous, kHugeShared},
         .full_suite_huge = true},
        {"move_by_userfault", move_by_userfault, {kAnonymous, kHugeAnonymous}},
        {"close_up", close_up, {kFile}},
        {"protect", protect, {std::begin(kMemoryKinds), std::end(kMemoryKinds)}},
        {.name = "page_out",
         .make = page_out,
         .kinds = {kFile, kAnonymous, kHugeAnonymous, kHugeShared},
         .reclaims = true,
         .full_suite_huge = true},
        {"collapse", collapse, {kHugeAnonymous, kHugeShared}, split_first},
        {"migrate", migrate, {kFile, kAnonymous, kHugeAnonymous}},
    };
    return all;
}

}  // namespace mmuw
