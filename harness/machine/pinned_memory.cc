// SPDX-License-Identifier: GPL-2.0-only
#include "machine/pinned_memory.h"

#include <liburing.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <format>

#include "base/sys_error.h"
#include "machine/unavailable.h"

namespace mmuw {

struct PinnedMemory::Ring {
    Ring() {
        const int error = io_uring_queue_init(1, &ring, 0);
        if (error < 0)
            throw Unavailable(std::format("no io_uring here: {}", std::strerror(-error)));
    }
    ~Ring() { io_uring_queue_exit(&ring); }
    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;

    int pin(std::span<std::byte> memory) {
        const iovec vector{.iov_base = memory.data(), .iov_len = memory.size()};
        return -io_uring_register_buffers(&ring, &vector, 1);
    }
    // Bytes, or -errno.
    int read(int fd, std::byte* to, unsigned bytes) {
        io_uring_sqe* sqe = io_uring_get_sqe(&ring);
        io_uring_prep_read_fixed(sqe, fd, to, bytes, 0, 0);
        int error = io_uring_submit(&ring);
        if (error < 0) return error;
        io_uring_cqe* cqe = nullptr;
        while ((error = io_uring_wait_cqe(&ring, &cqe)) == -EINTR) {
        }
        if (error < 0) return error;
        const int result = cqe->res;
        io_uring_cqe_seen(&ring, cqe);
        return result;
    }

    io_uring ring{};
};

int PinnedMemory::try_to_pin(std::span<std::byte> memory) {
    return Ring().pin(memory);
}

PinnedMemory::PinnedMemory(std::span<std::byte> memory)
    : ring_(std::make_unique<Ring>()), device_(memfd_create("device", MFD_CLOEXEC)) {
    if (device_.get() < 0) throw_errno("memfd_create");
    if (const int error = ring_->pin(memory); error != 0)
        throw SysError(error, std::format("io_uring_register_buffers({} bytes)", memory.size()));
}

PinnedMemory::~PinnedMemory() = default;

void PinnedMemory::write(std::byte* to, std::uint64_t stamp) {
    if (pwrite(device_.get(), &stamp, sizeof stamp, 0) != sizeof stamp) throw_errno("pwrite");
    const int bytes = ring_->read(device_.get(), to, sizeof stamp);
    if (bytes != sizeof stamp)
        throw SysError(bytes < 0 ? -bytes : EIO, "a read into a registered buffer");
}

}  // namespace mmuw
