// SPDX-License-Identifier: GPL-2.0-only
#include "machine/numa.h"

#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/id_list.h"
#include "base/mapping.h"
#include "base/sys_error.h"
#include "machine/setting.h"

namespace mmuw {

std::vector<int> nodes_to_move_between() {
    // Linux 7.3 may have nodes and no migration (CONFIG_NUMA_MIGRATION).
    if (syscall(SYS_move_pages, 0, 0, nullptr, nullptr, nullptr, 0) < 0 && errno == ENOSYS)
        return {};
    try {
        return parse_id_list(read_setting("/sys/devices/system/node/has_memory"));
    } catch (const SysError&) {
        return {};
    }
}

void move_to_node(std::span<std::byte> memory, int node) {
    const std::size_t count = memory.size() / page_size();
    std::vector<void*> pages;
    for (std::size_t i = 0; i < count; i++) pages.push_back(memory.data() + i * page_size());
    const std::vector<int> to(count, node);
    std::vector<int> status(count);
    if (syscall(SYS_move_pages, 0, count, pages.data(), to.data(), status.data(), MPOL_MF_MOVE) < 0)
        throw_errno("move_pages({} pages, node {})", count, node);
}

}  // namespace mmuw
