// SPDX-License-Identifier: GPL-2.0-only
#include "cli/machine.h"

#include <unistd.h>

#include <filesystem>
#include <format>

#include "cli/commands.h"
#include "vmm/host.h"

namespace mmuw {

namespace fs = std::filesystem;

void check_machine(const std::string& command, Needs needs) {
    if (geteuid() != 0)
        throw Exit(kUsage, std::format("{}: not root: {} need it; use sudo", command,
                                       needs.tracing ? "tracing and loading the module"
                                                     : "the scratch disk and the kernel log"));
    const bool has_reference = command == "run" || command == "selftest";
    if (needs.kvm && access("/dev/kvm", R_OK | W_OK) != 0)
        throw Exit(kSkip,
                   std::format("{}: no /dev/kvm: {}; or {}use an emulated host", command,
                               arch::kvm_cure(), has_reference ? "give --mmu=reference, or " : ""));
    if (needs.tracing && !fs::exists("/sys/kernel/tracing/events"))
        throw Exit(kUsage, std::format("{}: tracefs is not mounted: mount -t tracefs tracefs "
                                       "/sys/kernel/tracing",
                                       command));
}

ScratchFs open_scratch(const std::string& where) {
    if (where == "tmpfs") return ScratchFs::mount_tmpfs();
    return fs::is_directory(where) ? ScratchFs::use(where) : ScratchFs::mount(where);
}

}  // namespace mmuw
