// SPDX-License-Identifier: GPL-2.0-only
#include "backing/syncer.h"

#include <fcntl.h>
#include <liburing.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <format>
#include <system_error>
#include <utility>

#include "base/sys_error.h"

namespace mmuw {
namespace {

constexpr unsigned kRangeFlags =
    SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;

struct Bytes {
    std::uint64_t offset;
    std::uint64_t length;
};

int by_syscall(const BackingFile& file, Sync sync, Bytes range) {
    const auto offset = static_cast<off_t>(range.offset);
    const auto length = static_cast<off_t>(range.length);
    int result = 0;
    switch (sync) {
        case Sync::kMsync:
            result = msync(file.mapping().bytes() + range.offset, range.length, MS_SYNC);
            break;
        case Sync::kFsync:
            result = fsync(file.fd());
            break;
        case Sync::kFdatasync:
            result = fdatasync(file.fd());
            break;
        case Sync::kFileRange:
            result = sync_file_range(file.fd(), offset, length, kRangeFlags);
            break;
    }
    return result == 0 ? 0 : errno;
}

}  // namespace

std::string to_string(Sync sync) {
    switch (sync) {
        case Sync::kMsync:
            return "msync";
        case Sync::kFsync:
            return "fsync";
        case Sync::kFdatasync:
            return "fdatasync";
        case Sync::kFileRange:
            return "sync_file_range";
    }
    std::unreachable();
}

struct Syncer::Ring {
    Ring() {
        const int error = io_uring_queue_init(4, &ring, 0);
        if (error < 0) throw SysError(-error, "io_uring_queue_init(4 entries)");
    }
    ~Ring() { io_uring_queue_exit(&ring); }
    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;

    int run(const BackingFile& file, Sync sync, Bytes range) {
        io_uring_sqe* sqe = io_uring_get_sqe(&ring);
        if (sync == Sync::kFileRange) {
            io_uring_prep_sync_file_range(sqe, file.fd(), static_cast<unsigned>(range.length),
                                          range.offset, static_cast<int>(kRangeFlags));
        } else {
            io_uring_prep_fsync(sqe, file.fd(),
                                sync == Sync::kFdatasync ? IORING_FSYNC_DATASYNC : 0);
        }
        int result = io_uring_submit(&ring);
        if (result < 0) return -result;
        io_uring_cqe* cqe = nullptr;
        // A vCPU's kick or a tracer's signal may interrupt the wait, not the operation.
        do {
            result = io_uring_wait_cqe(&ring, &cqe);
        } while (result == -EINTR);
        if (result < 0) return -result;
        result = cqe->res;
        io_uring_cqe_seen(&ring, cqe);
        return result < 0 ? -result : 0;
    }

    io_uring ring{};
};

Syncer::Syncer(Path wanted) {
    if (wanted == Path::kSyscall) return;
    try {
        ring_ = std::make_unique<Ring>();
    } catch (const SysError& error) {
        if (error.code().value() != ENOSYS && error.code().value() != EPERM) throw;
        why_not_uring_ = error.what();
    }
}

Syncer::~Syncer() = default;

int Syncer::try_sync(const BackingFile& file, Sync sync, std::uint64_t first, std::uint64_t count) {
    const Bytes range{first * page_size(), count * page_size()};
    // The length of an sqe has 32 bits.
    const bool fits = sync != Sync::kFileRange || range.length <= UINT32_MAX;
    if (ring_ && sync != Sync::kMsync && fits) return ring_->run(file, sync, range);
    return by_syscall(file, sync, range);
}

void Syncer::sync(const BackingFile& file, Sync sync, std::uint64_t first, std::uint64_t count) {
    if (const int error = try_sync(file, sync, first, count); error != 0)
        throw SysError(
            error, std::format("{}({}, pages {}+{})", to_string(sync), file.path(), first, count));
}

}  // namespace mmuw
