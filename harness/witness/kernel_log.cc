// SPDX-License-Identifier: GPL-2.0-only
#include "witness/kernel_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>

#include "base/sys_error.h"

namespace mmuw {

namespace {

// kernel/panic.c, lib/bug.c, mm/debug.c, kernel/locking/lockdep.c, kernel/rcu/tree_stall.h,
// kernel/watchdog.c, kernel/hung_task.c, mm/kasan/report.c, kernel/kcsan/report.c, lib/ubsan.c,
// lib/debugobjects.c, mm/kmemleak.c, kernel/cfi.c, lib/list_debug.c, fs/ext4/super.c,
// fs/btrfs/messages.c, fs/xfs/xfs_error.c, fs/xfs/xfs_fsops.c, block/blk-core.c.
constexpr std::array kSuspicious = {
    std::string_view("WARNING:"),
    std::string_view("BUG:"),
    std::string_view("kernel BUG at"),
    std::string_view("Oops"),
    std::string_view("general protection fault"),
    std::string_view("Call Trace:"),
    std::string_view("possible circular locking"),
    std::string_view("possible recursive locking"),
    std::string_view("inconsistent lock state"),
    std::string_view("suspicious RCU usage"),
    std::string_view("rcu: INFO:"),
    std::string_view("self-detected stall"),
    std::string_view("detected stalls"),
    std::string_view("soft lockup"),
    std::string_view("hard LOCKUP"),
    std::string_view("blocked for more than"),
    std::string_view("bad page state"),
    std::string_view("Bad page state"),
    std::string_view("refcount_t:"),
    std::string_view("UBSAN:"),
    std::string_view("ODEBUG:"),
    std::string_view("DEBUG_LOCKS_WARN_ON"),
    std::string_view("non-static key"),
    std::string_view("new suspected memory leaks"),
    std::string_view("CFI failure"),
    std::string_view("list_add corruption"),
    std::string_view("list_del corruption"),
    std::string_view("page dumped because"),
    std::string_view("EXT4-fs error"),
    std::string_view("EXT4-fs warning"),
    std::string_view("JBD2: Error"),
    std::string_view("BTRFS emergency"),
    std::string_view("BTRFS alert"),
    std::string_view("BTRFS critical"),
    std::string_view("BTRFS error"),
    std::string_view("BTRFS warning"),
    std::string_view("BTRFS: error"),
    std::string_view("Internal error"),
    std::string_view("Corruption of"),
    std::string_view("Metadata corruption"),
    std::string_view("Assertion failed"),
    std::string_view("Buffer I/O error"),
    std::string_view("I/O error, dev"),
    std::string_view("Invalid SPTE change"),
};

// TAINT_OOT_MODULE and TAINT_UNSIGNED_MODULE, Documentation/admin-guide/tainted-kernels.rst
constexpr std::uint64_t kOwnTaint = 1U << 12 | 1U << 13;

}  // namespace

bool is_suspicious(std::string_view line) {
    // "BUG kmalloc-64 (Tainted: G O): Poison overwritten", of mm/slub.c.
    if (line.starts_with("BUG ")) return true;
    return std::ranges::any_of(kSuspicious,
                               [&](std::string_view word) { return line.contains(word); });
}

std::uint64_t kernel_taint() {
    std::uint64_t taint = 0;
    std::ifstream("/proc/sys/kernel/tainted") >> taint;
    return taint & ~kOwnTaint;
}

KernelLog::KernelLog() : fd_(open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
    if (!fd_) throw_errno("open(/dev/kmsg)");
    if (lseek(fd_.get(), 0, SEEK_END) < 0) throw_errno("lseek(/dev/kmsg)");
}

KernelLog::Reading KernelLog::read() {
    Reading reading;
    std::array<char, 8192> record{};
    for (;;) {
        const ssize_t got = ::read(fd_.get(), record.data(), record.size());
        if (got < 0 && errno == EPIPE) {
            reading.overrun = true;
            continue;
        }
        if (got <= 0) return reading;
        // "priority,sequence,time,flags;text\n continuation\n"; above its level (3 bits) the
        // priority has the facility, 0 for the kernel (Documentation/ABI/testing/dev-kmsg).
        if (std::strtoul(record.data(), nullptr, 10) >> 3 != 0) continue;
        std::string_view text(record.data(), static_cast<std::size_t>(got));
        text.remove_prefix(std::min(text.find(';') + 1, text.size()));
        text = text.substr(0, text.find('\n'));
        reading.lines++;
        if (is_suspicious(text)) reading.suspicious.emplace_back(text);
    }
}

}  // namespace mmuw
