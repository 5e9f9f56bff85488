// SPDX-License-Identifier: GPL-2.0-only
// The acts that are no ioctls: on a vCPU's pages, the arena, the files.
#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "hammer/worker.h"

namespace mmuw::hammer {
namespace {

long result(long value) {
    return value < 0 ? -errno : value;
}

}  // namespace

// A guest's side of the ring: whatever it likes.
long Worker::map_vcpu(const Call& call) {
    Draw draw(call.detail);
    const int fd = process_.descriptor(call.target, call.slot);
    static constexpr std::size_t kPages[] = {1, 1, 2, 16, 17, 300};
    static constexpr std::uint64_t kOffsets[] = {0, 64, 64, 64, 1, 65, 1ULL << 40};
    const std::size_t bytes = draw.of(kPages) * page_size();
    const auto offset = static_cast<off_t>(draw.of(kOffsets) * page_size());
    const int prot = draw.one_in(8) ? PROT_READ | PROT_EXEC : PROT_READ | PROT_WRITE;
    const int flags = draw.one_in(8) ? MAP_PRIVATE : MAP_SHARED;
    void* const memory = mmap(nullptr, bytes, prot, flags, fd, offset);
    if (memory == MAP_FAILED) return -errno;
    if ((prot & PROT_WRITE) != 0)
        for (std::size_t i = 0; i < 8; i++) {
            // By the kernel, to whom a page that is not there is an error and no signal: the
            // descriptor may be of something else.
            std::uint32_t word = KVM_DIRTY_GFN_F_RESET;
            if (draw.one_in(2)) word = static_cast<std::uint32_t>(odd_number(draw));
            const iovec from{.iov_base = &word, .iov_len = sizeof word};
            const iovec to{.iov_base = static_cast<std::uint32_t*>(memory) + draw.below(bytes / 4),
                           .iov_len = sizeof word};
            static_cast<void>(process_vm_writev(getpid(), &from, 1, &to, 1, 0));
        }
    return result(munmap(memory, bytes));
}

long Worker::change_memory(const Call& call) {
    Draw draw(call.detail);
    const std::size_t pages = 1 + draw.below(draw.one_in(8) ? 1024 : 64);
    const std::size_t first = draw.below(kArenaBytes / page_size() - pages + 1);
    void* const at = process_.arena() + first * page_size();
    const std::size_t bytes = pages * page_size();
    static constexpr int kAdvice[] = {MADV_DONTNEED, MADV_PAGEOUT,  MADV_COLD,     MADV_HUGEPAGE,
                                      MADV_WILLNEED, MADV_COLLAPSE, MADV_MERGEABLE};
    static constexpr int kProt[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
                                    PROT_READ | PROT_WRITE};
    // Never a hole: what another thread maps would go there.
    switch (draw.below(6)) {
        case 0:
            return result(madvise(at, bytes, draw.of(kAdvice)));
        case 1:
            return result(mprotect(at, bytes, draw.of(kProt)));
        case 2:
        case 3: {
            const int fd = process_.descriptor(Target::file, call.slot);
            return mmap(at, bytes, draw.of(kProt), MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED
                       ? -errno
                       : 0;
        }
        case 4:
            return mmap(at, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1,
                        0) == MAP_FAILED
                       ? -errno
                       : 0;
        default:
            return result(msync(at, bytes, draw.one_in(8) ? MS_SYNC : MS_ASYNC));
    }
}

long Worker::change_file(const Call& call) {
    Draw draw(call.detail);
    const int fd = process_.descriptor(call.target, call.slot);
    const auto at = static_cast<off_t>(draw.below(256) * page_size());
    switch (draw.below(4)) {
        case 0:
            return result(pwrite(fd, bulk_.bytes(), 1 + draw.below(3 * page_size()), at));
        case 1:
            return result(fdatasync(fd));
        case 2:
            return result(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at,
                                    static_cast<off_t>((1 + draw.below(8)) * page_size())));
        default:
            return result(sync_file_range(fd, at, 64 * 1024, SYNC_FILE_RANGE_WRITE));
    }
}

}  // namespace mmuw::hammer
