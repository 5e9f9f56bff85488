// SPDX-License-Identifier: GPL-2.0-only
#include "machine/userfault.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <format>
#include <vector>

#include "base/mapping.h"
#include "base/sys_error.h"
#include "machine/unavailable.h"

namespace mmuw {

Userfault::Userfault(std::span<std::byte> memory)
    : fd_(static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK))) {
    if (!fd_) throw Unavailable(std::format("userfaultfd: {}", std::strerror(errno)));
    uffdio_api api{.api = UFFD_API, .features = 0, .ioctls = 0};
    if (ioctl(fd_.get(), UFFDIO_API, &api) != 0)
        throw Unavailable(std::format("UFFDIO_API: {}", std::strerror(errno)));
    uffdio_register range{
        .range = {.start = reinterpret_cast<std::uintptr_t>(memory.data()), .len = memory.size()},
        .mode = UFFDIO_REGISTER_MODE_MISSING,
        .ioctls = 0};
    if (ioctl(fd_.get(), UFFDIO_REGISTER, &range) != 0) throw_errno("UFFDIO_REGISTER");
}

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

// A page of its own, not the kernel's page of zeroes: that would be replaced by the write that
// waits, which is an invalidation, and the fault would begin anew.
void Userfault::resolve(std::byte* page) {
    const std::vector<std::byte> zeroes(page_size());
    uffdio_copy copy{.dst = reinterpret_cast<std::uintptr_t>(page),
                     .src = reinterpret_cast<std::uintptr_t>(zeroes.data()),
                     .len = zeroes.size(),
                     .mode = 0,
                     .copy = 0};
    if (ioctl(fd_.get(), UFFDIO_COPY, &copy) != 0) throw_errno("UFFDIO_COPY");
}

}  // namespace mmuw
