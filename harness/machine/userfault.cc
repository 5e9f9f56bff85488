// SPDX-License-Identifier: GPL-2.0-only
#include "machine/userfault.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <format>
#include <vector>

#include "base/mapping.h"
#include "base/sys_error.h"
#include "machine/unavailable.h"

namespace mmuw {

Fd register_userfault(std::span<std::byte> memory, std::uint64_t mode, std::uint64_t features) {
    Fd fd(static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK)));
    if (!fd) throw Unavailable(std::format("userfaultfd: {}", std::strerror(errno)));
    uffdio_api api{.api = UFFD_API, .features = features, .ioctls = 0};
    if (ioctl(fd.get(), UFFDIO_API, &api) != 0)
        throw Unavailable(
            errno == EINVAL ? std::format("userfaultfd has not all of the features {:#x}", features)
                            : std::format("UFFDIO_API: {}", std::strerror(errno)));
    register_with(fd, memory, mode);
    return fd;
}

void register_with(const Fd& userfault, std::span<std::byte> memory, std::uint64_t mode) {
    uffdio_register range{
        .range = {.start = reinterpret_cast<std::uintptr_t>(memory.data()), .len = memory.size()},
        .mode = mode,
        .ioctls = 0};
    if (ioctl(userfault.get(), UFFDIO_REGISTER, &range) != 0) throw_errno("UFFDIO_REGISTER");
}

void move_memory(std::span<std::byte> from, std::byte* to, const Fd& userfault) {
    for (std::size_t done = 0; done < from.size();) {
        uffdio_move move{.dst = reinterpret_cast<std::uintptr_t>(to) + done,
                         .src = reinterpret_cast<std::uintptr_t>(from.data()) + done,
                         .len = from.size() - done,
                         .mode = UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES,
                         .move = 0};
        // EAGAIN: a page was in use just then, or some have been moved and not all.
        if (ioctl(userfault.get(), UFFDIO_MOVE, &move) != 0 && errno != EAGAIN)
            throw Unavailable(std::format("UFFDIO_MOVE: {}", std::strerror(errno)));
        if (move.move > 0) done += static_cast<std::size_t>(move.move);
    }
}

Userfault::Userfault(std::span<std::byte> memory, Of of)
    : of_(of),
      fd_(of == Of::kMissing
              ? register_userfault(memory, UFFDIO_REGISTER_MODE_MISSING, 0)
              : register_userfault(memory, UFFDIO_REGISTER_MODE_MINOR, UFFD_FEATURE_MINOR_SHMEM)) {}

std::optional<std::byte*> Userfault::wait(std::chrono::milliseconds limit) {
    pollfd p{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    if (TEMP_FAILURE_RETRY(poll(&p, 1, static_cast<int>(limit.count()))) != 1) return {};
    uffd_msg message{};
    if (TEMP_FAILURE_RETRY(read(fd_.get(), &message, sizeof message)) != sizeof message ||
        message.event != UFFD_EVENT_PAGEFAULT)
        return {};
    const std::uintptr_t address = message.arg.pagefault.address;
    return reinterpret_cast<std::byte*>(address - address % page_size());
}

bool Userfault::resolve(std::byte* page, std::span<const std::byte> contents) {
    // EAGAIN: the page tables changed just then (UFFDIO_COPY(2const)).
    int error = EAGAIN;
    while (error == EAGAIN) error = of_ == Of::kMissing ? copy(page, contents) : proceed(page);
    if (error == 0) return true;
    if (error != EEXIST)
        throw SysError(error, of_ == Of::kMissing ? "UFFDIO_COPY" : "UFFDIO_CONTINUE");
    // It is there, and whoever put it there need not have told who waits.
    uffdio_range range{.start = reinterpret_cast<std::uintptr_t>(page), .len = page_size()};
    if (ioctl(fd_.get(), UFFDIO_WAKE, &range) != 0) throw_errno("UFFDIO_WAKE");
    return false;
}

int Userfault::copy(std::byte* page, std::span<const std::byte> contents) const {
    uffdio_copy copy{.dst = reinterpret_cast<std::uintptr_t>(page),
                     .src = reinterpret_cast<std::uintptr_t>(contents.data()),
                     .len = page_size(),
                     .mode = 0,
                     .copy = 0};
    return ioctl(fd_.get(), UFFDIO_COPY, &copy) == 0 ? 0 : errno;
}

int Userfault::proceed(std::byte* page) const {
    uffdio_continue proceed{
        .range = {.start = reinterpret_cast<std::uintptr_t>(page), .len = page_size()},
        .mode = 0,
        .mapped = 0};
    return ioctl(fd_.get(), UFFDIO_CONTINUE, &proceed) == 0 ? 0 : errno;
}

// A page of its own, not the kernel's page of zeroes: that would be replaced by the write that
// waits, which is an invalidation, and the fault would begin anew.
bool Userfault::resolve(std::byte* page) {
    return resolve(page, std::vector<std::byte>(page_size()));
}

}  // namespace mmuw
