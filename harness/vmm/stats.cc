// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/stats.h"

#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <vector>

namespace mmuw {
namespace {

template <class T>
bool read_at(int fd, std::uint64_t at, T* to, std::size_t bytes) {
    return pread(fd, to, bytes, static_cast<off_t>(at)) == static_cast<ssize_t>(bytes);
}

}  // namespace

std::optional<std::uint64_t> read_stat(const Vm& vm, std::string_view name) {
    const Fd fd(ioctl(vm.fd(), KVM_GET_STATS_FD, nullptr));
    kvm_stats_header header{};
    if (!fd || !read_at(fd.get(), 0, &header, sizeof header)) return {};
    const std::size_t bytes = sizeof(kvm_stats_desc) + header.name_size;
    std::vector<char> buffer(bytes);
    for (std::uint32_t i = 0; i < header.num_desc; i++) {
        if (!read_at(fd.get(), header.desc_offset + i * bytes, buffer.data(), bytes)) return {};
        const auto* desc = reinterpret_cast<const kvm_stats_desc*>(buffer.data());
        if (name != buffer.data() + sizeof *desc) continue;
        std::uint64_t value = 0;
        if (!read_at(fd.get(), header.data_offset + desc->offset, &value, sizeof value)) return {};
        return value;
    }
    return {};
}

}  // namespace mmuw
