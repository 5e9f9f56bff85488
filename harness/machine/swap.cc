// SPDX-License-Identifier: GPL-2.0-only
#include "machine/swap.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/swap.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <format>
#include <vector>

#include "base/fd.h"
#include "base/mapping.h"
#include "base/sys_error.h"
#include "machine/unavailable.h"

namespace mmuw {
namespace {

// What mkswap(8) writes: the kernel's union swap_header, in the file's first page.
std::vector<std::byte> swap_header(std::size_t bytes) {
    constexpr char kMagic[] = {'S', 'W', 'A', 'P', 'S', 'P', 'A', 'C', 'E', '2'};
    constexpr std::size_t kInfo = 1024;
    const std::uint32_t info[] = {1 /* version */,
                                  static_cast<std::uint32_t>(bytes / page_size()) - 1 /* last */};
    std::vector<std::byte> page(page_size());
    std::memcpy(page.data() + kInfo, info, sizeof info);
    std::memcpy(page.data() + page.size() - sizeof kMagic, kMagic, sizeof kMagic);
    return page;
}

// btrfs swaps to files only that it does not copy on write. Others may not know the flag.
void do_not_copy_on_write(const Fd& file) {
    int flags = 0;
    if (ioctl(file.get(), FS_IOC_GETFLAGS, &flags) != 0) return;
    flags |= FS_NOCOW_FL;
    static_cast<void>(ioctl(file.get(), FS_IOC_SETFLAGS, &flags));
}

[[noreturn]] void throw_unavailable(const char* what) {
    throw Unavailable(std::format("no swap space: {}: {}", what, std::strerror(errno)));
}

}  // namespace

void add_swap_file(MachineGuard& guard, const std::string& path, std::size_t bytes) {
    guard.swap_off_later(path);
    const Fd file(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) throw_errno("open({})", path);
    do_not_copy_on_write(file);
    if (const int error = posix_fallocate(file.get(), 0, static_cast<off_t>(bytes)); error != 0) {
        errno = error;
        throw_unavailable("posix_fallocate");
    }
    const std::vector<std::byte> header = swap_header(bytes);
    if (pwrite(file.get(), header.data(), header.size(), 0) != std::ssize(header) ||
        fsync(file.get()) != 0)
        throw_errno("write({})", path);
    constexpr int kFirst = SWAP_FLAG_PREFER | SWAP_FLAG_PRIO_MASK;
    if (swapon(path.c_str(), kFirst) != 0) throw_unavailable("swapon");
}

}  // namespace mmuw
